import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsed } from './support.ts';

const time = (format: string, line: string) => {
  const entry = parsed(`%h ${format}`, `192.0.2.1 ${line}`);
  return typeof entry === 'string' ? entry : entry.time;
};

const TIME = Date.UTC(2025, 9, 10, 13, 55, 36);

describe('%t', () => {
  it.each<[text: string, expected: number | string]>([
    ['[10/Oct/2025:13:55:36 +0000]', TIME],
    ['[10/Oct/2025:13:55:36 -0730]', TIME + 7.5 * 3_600_000],
    ['[10/Oct/2025:13:55:36 +0545]', TIME - 5.75 * 3_600_000],
    ['[29/Feb/2024:00:00:00 +0000]', Date.UTC(2024, 1, 29)],
    ['[29/Feb/2023:00:00:00 +0000]', 'bad-time'],
    ['[29/Feb/2100:00:00:00 +0000]', 'bad-time'],
    ['[29/Feb/2000:00:00:00 +0000]', Date.UTC(2000, 1, 29)],
    ['[31/Dec/2016:23:59:60 +0000]', Date.UTC(2017, 0, 1)],
    ['[31/Dec/2016:23:59:61 +0000]', 'bad-time'],
    ['[10/Oct/2025:24:00:00 +0000]', 'bad-time'],
    ['[10/Oct/2025:13:60:00 +0000]', 'bad-time'],
    ['[00/Oct/2025:13:55:36 +0000]', 'bad-time'],
    ['[10/Okt/2025:13:55:36 +0000]', 'bad-time'],
    ['[10/Oct/1969:13:55:36 +0000]', 'bad-time'],
    ['[10/Oct/2101:13:55:36 +0000]', 'bad-time'],
    ['[10/Oct/2025:13:55:36 +2400]', 'bad-time'],
    ['[10/Oct/2025:13:55:36 +0060]', 'bad-time'],
    ['[10/Oct/2025:13:55:36  0000]', 'bad-time'],
    ['[10/Oct/2025 13:55:36 +0000]', 'bad-time'],
    ['[10-Oct-2025:13:55:36 +0000]', 'bad-time'],
    ['[10/Oct/2025:13:55:36]', 'not-this-format'],
  ])('%s', (text, expected) => {
    expect(time('%t', text)).toBe(expected);
  });

  it('agrees with Date for all moments and offsets', () => {
    const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
    const two = (value: number) => String(value).padStart(2, '0');
    fc.assert(
      fc.property(
        fc.integer({ min: 86_400, max: Date.UTC(2100, 11, 30) / 1000 }),
        fc.integer({ min: -719, max: 840 }),
        (seconds, offset) => {
          const local = new Date(seconds * 1000 + offset * 60_000);
          const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
          const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
          const date = `${two(local.getUTCDate())}/${months[local.getUTCMonth()]}/${local.getUTCFullYear()}`;
          expect(time('%t', `[${date}:${clock} ${zone}]`)).toBe(seconds * 1000);
        },
      ),
    );
  });
});

describe('%{...}t', () => {
  it.each<[format: string, text: string, expected: number | string]>([
    ['%{%Y-%m-%dT%H:%M:%S%z}t', '2025-10-10T13:55:36+0200', TIME - 7_200_000],
    ['%{%F %T}t', '2025-10-10 13:55:36', TIME],
    ['%{%F %T %Z}t', '2025-10-10 13:55:36 GMT', TIME],
    ['%{%F %T %Z}t', '2025-10-10 13:55:36 CEST', 'not-this-format'],
    ['[%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t]', '[10/Oct/2025 13:55:36.123 +0000]', TIME + 123],
    ['[%{%d/%b/%Y %T}t.%{usec_frac}t %{%z}t]', '[10/Oct/2025 13:55:36.123999 +0000]', TIME + 123],
    ['%t.%{msec_frac}t', '[10/Oct/2025:13:55:36 +0000].007', TIME + 7],
    ['%{sec}t', String(TIME / 1000), TIME],
    ['%{%s}t', String(TIME / 1000), TIME],
    ['%{msec}t', String(TIME + 5), TIME + 5],
    ['%{usec}t', `${TIME + 5}999`, TIME + 5],
    ['%{sec}t%{msec_frac}t', `${TIME / 1000}123`, 'not-this-format'],
    ['%{sec}t.%{msec_frac}t', `${TIME / 1000}.123`, TIME + 123],
    ['%{begin:%F %T}t', '2025-10-10 13:55:36', TIME],
    ['%{end:%F %T}t', '2025-10-10 13:55:36', TIME],
    ['%{begin:%F %T}t %{end:%F %T}t', '2025-10-10 13:55:36 2025-10-11 00:00:00', TIME],
    ['%{end:%F %T}t %{begin:%F %T}t', '2025-10-11 00:00:00 2025-10-10 13:55:36', TIME],
    ['%{%m/%d/%y %I:%M:%S %p}t', '10/10/25 01:55:36 PM', TIME],
    ['%{%D %r}t', '10/10/25 01:55:36 PM', TIME],
    ['%{%x %X}t', '10/10/25 13:55:36', TIME],
    ['%{%D %I:%M:%S %P}t', '10/10/25 12:00:00 am', Date.UTC(2025, 9, 10)],
    ['%{%D %l:%M %p}t', '10/10/25 12:30 PM', Date.UTC(2025, 9, 10, 12, 30)],
    ['%{%D %l:%M %p}t', '10/10/25  1:30 PM', Date.UTC(2025, 9, 10, 13, 30)],
    ['%{%D %I:%M %p}t', '10/10/25 13:30 PM', 'bad-time'],
    ['%{%D %I:%M %p}t', '10/10/25 00:30 AM', 'bad-time'],
    ['%{%D %I:%M %p}t', '10/10/25 01:30 XM', 'not-this-format'],
    ['%{%c}t', 'Fri Oct 10 13:55:36 2025', TIME],
    ['%{%c}t', 'Fri Oct  3 13:55:36 2025', TIME - 7 * 86_400_000],
    ['%{%A, %e. %B %Y %k:%M}t', 'Friday, 10. October 2025  9:05', Date.UTC(2025, 9, 10, 9, 5)],
    ['%{%a %h %d %Y}t', 'Xyz Oct 10 2025', 'not-this-format'],
    ['%{%d %B %Y}t', '10 Brumaire 2025', 'not-this-format'],
    ['%{%d %b %Y}t', '10 oct 2025', 'not-this-format'],
    ['%{%Y-%j}t', '2025-283', Date.UTC(2025, 9, 10)],
    ['%{%Y-%j}t', '2024-366', Date.UTC(2024, 11, 31)],
    ['%{%Y-%j}t', '2025-366', 'bad-time'],
    ['%{%Y-%j}t', '2025-000', 'bad-time'],
    ['%{%v %R}t', '10-Oct-2025 13:55', TIME - 36_000],
    ['%{%Y%t%m%n%d %%}t', '2025\t10\n10 %', Date.UTC(2025, 9, 10)],
    ['%{%G-W%V-%u %g %U %W %w %F}t', '2025-W41-5 25 40 40 5 2025-10-10', Date.UTC(2025, 9, 10)],
    ['%{%Ey-%Om-%Od}t', '99-12-31', Date.UTC(1999, 11, 31)],
    ['%{%y-%m-%d}t', '68-12-31', Date.UTC(2068, 11, 31)],
    ['%{%F %z}t', '2025-10-10 0200', 'not-this-format'],
    ['%{%F}t', '2025-02-30', 'bad-time'],
    ['%{%F}t', '2025-2-30', 'not-this-format'],
    ['%{%H:%M}t', '13:55', 'bad-time'],
    ['%{sec}t', 'x', 'not-this-format'],
    ['%{sec}t', '99999999999999999', 'not-this-format'],
    ['%{sec}t', String(TIME), 'bad-time'],
    ['%{sec}t', String(Date.UTC(2100, 11, 31) / 1000), Date.UTC(2100, 11, 31)],
    ['%{msec}t', String(Date.UTC(2101, 0, 1)), 'bad-time'],
  ])('%s reads %j', (format, text, expected) => {
    expect(time(format, text)).toBe(expected);
  });
});
