import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactor } from '../../src/ctia/redact.ts';

describe('redactor', () => {
  const redact = redactor(new Set(['pass.word+1']));

  it.each([
    ['client_password=pass.word+1!', 'client_password=[redacted]!'],
    ['Authorization: Bearer abc-._~+/=', 'Authorization: Bearer [redacted]'],
    ['authorization: basic YTpi==', 'authorization: basic [redacted]'],
    ['token eyJhbGciOi.eyJzdWIi.c2ln-_ here', 'token [redacted] here'],
    ['https://h:443/ctia/feed/f/view.txt?s=0f1e&limit=5', 'https://h:443/ctia/feed/f/view.txt?s=[redacted]&limit=5'],
    ['https://h/view?limit=5&s=0f1e', 'https://h/view?limit=5&s=[redacted]'],
    ['{"access_token": "opaque","secret":"x"}', '{"access_token": "[redacted]","secret":"[redacted]"}'],
    ['https://h/search?sort_by=s', 'https://h/search?sort_by=s'],
    ['a bearer of news', 'a bearer [redacted] news'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('lets no secret through, whatever stands around it', () => {
    const secret = fc.string({ minLength: 12 });
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, hidden, after) => {
        expect(redactor(new Set([hidden]))(before + hidden + after)).not.toContain(hidden);
      }),
    );
  });
});
