import { toLower } from './characters.ts';
import { findCall } from './code-call.ts';
import { MARKS } from './code-marks.ts';
import { findTemplate } from './code-template.ts';
import { NAMED_FUNCTIONS, TELLING_FUNCTIONS } from './code-words.ts';
import { findMark } from './marks.ts';
import type { Recogniser, Recognition } from './recogniser.ts';

/**
 * Code of a server's languages. Found are: marks of one language (`<?php`, `$_GET`, `java.lang.Runtime`, OGNL, `__class__`,
 * `child_process`, `O:8:"..":1:{`, SSI, XML entities), an expression between a template engine's delimiters that computes, calls
 * or asks for the engine's objects (`{{7*7}}`, `${jndi:..}`, `<%= system('id') %>`; `{{name}}` is silent), and calls: of a
 * function whose name says enough (`base64_decode(`), of one that prose may name with an argument that is code (`system('id')`),
 * or of what a variable names (`$f[0](1)`). Words with nothing but blanks between them are prose about all that, unless they
 * import something or give an option.
 */
export const code: Recogniser = {
  name: 'code',
  needles: [
    ...MARKS.map(({ literal }) => literal).filter(
      (literal) => ![')', '!', '__', 'os.', 'com.', 'org.', '-d', 'file.'].includes(literal),
    ),
    ...[
      '!!',
      '!ruby',
      '__c',
      '__m',
      '__b',
      '__s',
      '__g',
      '__i',
      '__d',
      '__r',
      'os.s',
      'os.p',
      'os.e',
      'os.l',
      'os.g',
      '@org.',
      '(org.',
      '"org.',
      "'org.",
      'new org',
      '{org.',
    ],
    ...[
      '@com.',
      '(com.',
      '"com.',
      "'com.",
      'com.sun',
      'com.open',
      'com.mchange',
      'com.alibaba',
      '-d ',
      '-dallow',
      '-dauto',
      '.read(',
      'file.',
      'dir.',
      'kernel.',
      'open3.',
    ],
    ...['{{', '${', '#{', '*{', '%{', '@{', '~{', '<%', '{%', '[[', '[=', '#set(', '#evaluate', '<#assign', '{$', '@('],
    ...[...TELLING_FUNCTIONS].filter((name) => name.length > 4),
    ...[...NAMED_FUNCTIONS, 'dl'].flatMap((name) => [
      `${name}(`,
      `${name} (`,
      `${name}\t`,
      `${name}\n`,
      `${name}@`,
      `${name}"`,
      `${name}'`,
      `${name})`,
      `${name}]`,
      `${name} )`,
      `${name} '`,
      `${name} "`,
      `${name} ]`,
    ]),
    ...['](', '}(', '$'],
  ],
  hint: null,
  recognise,
};

const PROSE = /^[\w.,:'-]+(?:(?:[\s+]|%20)+[\w.,:'-]+)+$/;
const STATEMENT = /(?:^|[\s+]|%20)(?:import|from|new)(?:[\s+]|%20)|(?:[\s+]|%20|^)-\w/;

function recognise(text: string): Recognition | null {
  const lower = toLower(text);
  if (PROSE.test(lower) && !STATEMENT.test(lower)) return null;
  return findMark(lower, MARKS) ?? findTemplate(lower) ?? findCall(lower);
}
