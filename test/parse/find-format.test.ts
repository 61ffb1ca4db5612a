import { describe, expect, it } from 'vitest';
import { FORMAT_NAMES, findFormat, parser } from '../../src/parse/parse.ts';

describe('findFormat', () => {
  it.each(FORMAT_NAMES)('knows %s by its name', (name) => {
    expect(findFormat(name).name).toBe(name);
  });

  it('compiles anything with a per cent sign', () => {
    expect(findFormat('%h %t')).toMatchObject({ name: 'custom', directive: '%h %t' });
  });

  it.each<[given: string, complaint: RegExp]>([
    ['combind', /"combind".*combined/],
    ['', /""/],
    ['constructor', /"constructor"/],
    ['%h %t %Z', /column 7: "%Z"/],
    ['%h %t %', /column 7: "%"/],
    ['%h %t %{Referer}', /column 7: "%\{Referer}"/],
    ['%h %t %i', /column 7: "%i"/],
    ['%h %t %{x}^zz', /column 7/],
    ['%h %t %{m}T', /column 7: "%\{m}T"/],
    ['%h %t %{constructor}T', /column 7/],
    ['LogFormat "%h %Z" x', /column 15: "%Z"/],
    ['%h %{%Q}t', /"%Q" in the time format "%Q"/],
    ['%h %{%}t', /"%" in the time format/],
    ['%h %u', /no time/],
    ['%t %u', /no client/],
    ['%h%u %t', /column 3: nothing stands between "%h" and "%u"/],
    [`%h %t ${'x'.repeat(9000)}`, /longer than 8192/],
  ])('refuses %.30s', (given, complaint) => {
    expect(() => findFormat(given)).toThrow(
      expect.objectContaining({ code: 'bad-log-format', message: expect.stringMatching(complaint) }),
    );
  });

  it('takes a header of any name for a header', () => {
    expect([...findFormat('%h %t %{constructor}i').fields]).toContain('constructor');
  });

  it.each<[format: string, fields: readonly string[]]>([
    [
      'common',
      [
        'c-ip',
        'cs-username',
        'date',
        'time',
        'cs-method',
        'c-uri',
        'cs-uri-stem',
        'cs-uri-query',
        'c-uri-extension',
        'cs-version',
        'x-request',
        'sc-status',
        'sc-bytes',
      ],
    ],
    ['%a %t %{Cookie}i %D %A %p', ['c-ip', 'date', 'time', 'cs-cookie', 'time-taken', 's-ip', 's-port']],
    ['%a %t %U%q', ['c-ip', 'date', 'time', 'c-uri', 'cs-uri-stem', 'c-uri-extension', 'cs-uri-query']],
  ])('%s can carry what it says', (format, fields) => {
    expect([...findFormat(format).fields].sort()).toEqual([...fields].sort());
  });
});

it('parser refuses a bad trusted proxy', () => {
  expect(() => parser({ format: findFormat('json'), trustedProxies: ['x'] })).toThrow(
    expect.objectContaining({ code: 'bad-cidr' }),
  );
});
