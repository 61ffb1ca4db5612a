import { toLower } from './characters.ts';
import type { Mark } from './marks.ts';
import { findMark } from './marks.ts';
import type { Recogniser } from './recogniser.ts';

const NAMES =
  'set-cookie2?|location|content-(?:type|length|disposition|encoding|security-policy|location|transfer-encoding)|transfer-encoding|refresh|status|x-[a-z0-9-]{2,32}|access-control-[a-z-]{2,32}|link|cache-control|pragma|connection|host|cookie|user-agent|referer|origin|upgrade|authorization|via|vary|expires|last-modified|etag|strict-transport-security|p3p|bcc|cc';

/** Of a name that is no header's: where the value begins with the line break, or a hyphened name and one word end it. */
const OTHER_NAME =
  /^[^\w\s]{0,4}[\r\n\u560a\u560d]+[ \t]?[a-z][a-z0-9-]{1,40}:|[\r\n][ \t]?[a-z0-9]+(?:-[a-z0-9]+)+: ?\S+$/;

const MARKS: readonly Mark[] = [
  {
    literal: ':',
    pattern: new RegExp(`[\\r\\n\\u560a\\u560d][ \\t]{0,4}(?:${NAMES})[ \\t]{0,2}:`),
    shape: 'header-line',
  },
  { literal: ':', pattern: OTHER_NAME, shape: 'header-line' },
  {
    literal: 'http/',
    pattern:
      /[\r\n\u560a\u560d][ \t]{0,4}(?:(?:get|post|put|head|options|delete|patch)\s{1,2}\S{1,256}\s{1,2})?http\/\d/,
    shape: 'split-message',
  },
  { literal: '\r\n\r\n<', pattern: /\r\n\r\n</, shape: 'split-message' },
];

/** A line break, then a header's name and colon, or a start line: the value leaves its header. Also the two letters that old servers cut to CR and LF. */
export const header: Recogniser = {
  name: 'header',
  needles: ['\r', '\n', '\u560a', '\u560d'],
  hint: null,
  recognise: (text) => findMark(toLower(text), MARKS),
};
