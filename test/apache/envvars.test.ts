import { expect, it } from 'vitest';
import { readEnvvars } from '../../src/apache/envvars.ts';

const GIVEN = new Map([['APACHE_CONFDIR', '/etc/apache2-blue']]);

it.each([
  ['an assignment', 'A=one', 'one'],
  ['an exported one', 'export A=one', 'one'],
  ['single quotation marks, which mean what they hold', `A='$B "x"'`, '$B "x"'],
  ['double quotation marks', 'A="one two"', 'one two'],
  ['escapes within them', 'A="one \\"two\\" \\$B"', 'one "two" $B'],
  ['a comment behind it', 'A=one # two', 'one'],
  ['an empty value', 'A=one\nA=', ''],
  ['a variable', 'B=/var\nA=$B/log', '/var/log'],
  ['one in braces', 'B=/var\nA="${B}log"', '/varlog'],
  ['one that is not set', 'A=x$B', 'x'],
  ['a value for one that is not set', 'A=${B:-two}', 'two'],
  ['a value for one that is empty', 'B=\nA=${B:-two}', 'two'],
  ['a value for one that is set to nothing', 'B=\nA=x${B-two}', 'x'],
  ['a value that is not needed', 'B=one\nA=${B:=two}', 'one'],
  ['a beginning taken away', 'A=${APACHE_CONFDIR##/etc/apache2-}', 'blue'],
  ['a beginning that it does not have', 'A=${APACHE_CONFDIR##/opt/}', '/etc/apache2-blue'],
  ['a beginning of what is not set', 'A=x${B#/opt/}', 'x'],
  ['unset', 'A=one\nunset A', undefined],
  ['a command, which is not run', 'A=$(id)', undefined],
  ['a command in backquotes', 'A=`id`', undefined],
  ['an expansion that is not known', 'B=one\nA=${B%e}', undefined],
  ['two words, of which the second would be a command', 'A=one two', undefined],
  ['a value that is very long', `A=${'x'.repeat(9000)}`, undefined],
  ['a value that grows', `B=${'x'.repeat(5000)}\nA=$B$B`, undefined],
  ['a condition that holds', 'if [ "a" = "a" ]; then\nA=one\nelse\nA=two\nfi', 'one'],
  ['one that does not', 'if [ a != a ] ; then\nA=one\nelse\nA=two\nfi', 'two'],
  ['one that is not understood', 'if test -d /etc\nthen\nA=one\nelse\nA=two\nfi', 'two'],
  [
    'the second of several',
    'if [ a = b ]; then\nA=1\nelif [ a == a ]; then\nA=2\nelif [ a = a ]; then\nA=3\nelse\nA=4\nfi',
    '2',
  ],
  ['one within another that does not hold', 'A=0\nif [ a = b ]; then\nif [ a = a ]; then\nA=1\nelse\nA=2\nfi\nfi', '0'],
  ['what follows a condition', 'if [ a = b ]; then\nfi\nA=one', 'one'],
])('%s', (_, text, value) => {
  expect(readEnvvars(text, GIVEN).get('A')).toBe(value);
});

it('leaves what was given as it is', () => {
  expect(readEnvvars('APACHE_CONFDIR=x', GIVEN).get('APACHE_CONFDIR')).toBe('x');
  expect(GIVEN.get('APACHE_CONFDIR')).toBe('/etc/apache2-blue');
});
