import { expect, it } from 'vitest';
import { textOfHtml } from '../../src/tickets/html-text.ts';

it.each([
  ['<p>I <b>think</b> so<br>really &amp; truly</p>', 'I think so\nreally & truly'],
  ['<div>a</div><div>b</div>\n<ul><li>c</li><li>d</li></ul>', 'a\nb\nc\nd'],
  ['&lt;b&gt; &quot;x&quot; &#39;y&#x27; &nbsp;&apos; &unknown; &amp;lt;', "<b> \"x\" 'y' ' &unknown; &lt;"],
  ['&#0; &#1114112; &#x10FFFF;', '&#0; &#1114112; \u{10ffff}'],
  ['a < b and <c', 'a < b and <c'],
  ['<p>a</p><p></p><p></p><p></p><p>b</p>', 'a\n\nb'],
])('%j reads %j', (html, expected) => {
  expect(textOfHtml(html)).toBe(expected);
});

it('takes its time from the length alone', () => {
  for (const piece of ['<', '&', '<br', '&#1', ' \n ', '</p']) {
    expect(textOfHtml(piece.repeat(200_000)).length).toBeLessThan(1_000_000);
  }
});
