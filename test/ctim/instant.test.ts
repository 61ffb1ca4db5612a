import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseInstant } from '../../src/ctim/instant.ts';

const NOON = Date.UTC(2024, 1, 29, 12);

it.each([
  ['a calendar day', '2024-02-29', Date.UTC(2024, 1, 29)],
  ['a month', '2024-03', Date.UTC(2024, 2, 1)],
  ['a year', '2024', Date.UTC(2024, 0, 1)],
  ['a day with a bare T', '2024-02-29T', Date.UTC(2024, 1, 29)],
  ['one-digit parts', '2024-2-29T12:0:0Z', NOON],
  ['an ordinal day', '2024-060T12:00Z', NOON],
  ['the last ordinal day of a leap year', '2024-366', Date.UTC(2024, 11, 31)],
  ['a week and weekday', '2024-W09-4T12Z', NOON],
  ['a week alone: its Monday', '2024-W09', Date.UTC(2024, 1, 26)],
  ['week 53 of a year that has one', '2020-W53-5', Date.UTC(2021, 0, 1)],
  ['a week that begins in the year before', '2025-W01-1', Date.UTC(2024, 11, 30)],
  ['no offset: UTC', '2024-02-29T12:00:00', NOON],
  ['lower-case letters', '2024-02-29t12:00:00z', NOON],
  ['hours alone', '2024-02-29T12', NOON],
  ['a fraction of an hour', '2024-02-29T11.5Z', NOON - 1_800_000],
  ['a fraction of a minute', '2024-02-29T11:59,5Z', NOON - 30_000],
  ['a fraction of a second, cut to milliseconds', '2024-02-29T12:00:00.1239', NOON + 123],
  ['nine digits of a fraction', '2024-02-29T12:00:00.999999999Z', NOON + 999],
  ['an offset with a colon', '2024-02-29T14:00:00+02:00', NOON],
  ['an offset without a colon', '2024-02-29T04:00:00-0800', NOON],
  ['an offset of hours', '2024-02-29T14+02', NOON],
  ['an offset with seconds', '2024-02-29T14:00:30+02:00:30', NOON],
  ['an offset straight after the T', '2024-02-29T+02:00', Date.UTC(2024, 1, 28, 22)],
  ['the largest offset', '2024-02-29T12:00+23:59', NOON - 86_340_000],
  ['a time without a date', 'T08:09:10Z', ((8 * 60 + 9) * 60 + 10) * 1000],
  ['a signed, padded year', '+002024-02-29T12Z', NOON],
  ['a year before 1970', '0001-01-01', -62_135_596_800_000],
  ['a year beyond all dates', '999999999', Number.POSITIVE_INFINITY],
])('reads %s', (_, text, ms) => {
  expect(parseInstant(text)).toBe(ms);
});

it.each([
  ['nothing', ''],
  ['T alone', 'T'],
  ['T and an offset', 'TZ'],
  ['a word', 'now'],
  ['ten digits', '1709208000'],
  ["Apache's form", '29/Feb/2024:12:00:00 +0000'],
  ['slashes', '2024/02/29'],
  ['a space for the T', '2024-02-29 12:00:00'],
  ['ten digits of a fraction', '2024-02-29T12:00:00.1234567890Z'],
  ['a point without digits', '2024-02-29T12:00:00.Z'],
  ['a time without colons', '2024-02-29T120000Z'],
  ['a zone without T', '2024-02-29Z'],
  ['a line end', '2024-02-29\n'],
  ['month 13', '2024-13'],
  ['month 0', '2024-00-10'],
  ['30 February', '2024-02-30'],
  ['29 February of a common year', '2023-02-29'],
  ['31 April', '2024-04-31'],
  ['29 February of a century', '2100-02-29'],
  ['ordinal day 366 of a common year', '2023-366'],
  ['week 53 of a year of 52', '2024-W53-1'],
  ['weekday 8', '2024-W09-8'],
  ['hour 24', '2024-02-29T24:00:00Z'],
  ['minute 60', '2024-02-29T12:60Z'],
  ['second 60', '2024-02-29T12:00:60Z'],
  ['an offset of a day', '2024-02-29T12:00+24:00'],
  ['an offset of 60 minutes', '2024-02-29T12:00+01:60'],
  ['a typographic minus', '2024-02-29T12:00\u221202:00'],
  ['full-width digits', '２０２４-02-29'],
])('refuses %s', (_, text) => {
  expect(parseInstant(text)).toBeNull();
});

it('reads what JavaScript writes', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
      (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
      },
    ),
  );
});

it('never throws, and gives a number or null', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[-0-9TtZzWw:+., ]{0,24}$/), (text) => {
      const ms = parseInstant(text);
      expect(ms === null || !Number.isNaN(ms)).toBe(true);
    }),
  );
});
