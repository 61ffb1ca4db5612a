import { describe, expect, it } from 'vitest';
import { isVerifiedBot, type NameService } from '../../../src/deliver/judge/verified-bot.ts';

const nothing = () => Promise.reject(new Error('ENOTFOUND'));

/** Names as somebody's zones have them. */
function zones(
  names: Readonly<Record<string, readonly string[]>>,
  addresses: Readonly<Record<string, readonly string[]>>,
): NameService {
  return {
    reverse: (address) => Promise.resolve(names[address] ?? nothing()),
    lookup: (name) => Promise.resolve(addresses[name] ?? nothing()),
  };
}

describe('isVerifiedBot', () => {
  it.each([
    ['whose name leads back', ['crawl-1.googlebot.com'], { 'crawl-1.googlebot.com': ['66.249.66.1'] }, true],
    [
      'with one such name among others',
      ['x.example', 'a.search.msn.com'],
      { 'a.search.msn.com': ['66.249.66.1'] },
      true,
    ],
    ['whose name is claimed only', ['crawl-1.googlebot.com'], { 'crawl-1.googlebot.com': ['66.249.66.2'] }, false],
    ['whose name leads nowhere', ['crawl-1.googlebot.com'], {}, false],
    ['of a domain that looks like it', ['evilgooglebot.com'], { 'evilgooglebot.com': ['66.249.66.1'] }, false],
    [
      'with the name inside another',
      ['googlebot.com.evil.example'],
      { 'googlebot.com.evil.example': ['66.249.66.1'] },
      false,
    ],
    ['without a name', [], {}, false],
  ])('an address %s', async (_, names, addresses, expected) => {
    expect(await isVerifiedBot('66.249.66.1', zones({ '66.249.66.1': names }, addresses))).toBe(expected);
  });

  it('takes failing DNS for no proof', async () => {
    expect(await isVerifiedBot('66.249.66.1', { reverse: nothing, lookup: nothing })).toBe(false);
  });

  it('compares addresses, not their spelling', async () => {
    const dns = zones(
      { '2001:4860:4801::1': ['a.googlebot.com'] },
      { 'a.googlebot.com': ['2001:4860:4801:0:0:0:0:1'] },
    );
    expect(await isVerifiedBot('2001:4860:4801::1', dns)).toBe(true);
  });
});
