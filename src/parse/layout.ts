import { SightlineError } from '../model/errors.ts';
import { CLIENT_HEADERS } from './client.ts';
import { KNOWN_DIRECTIVES, type Meaning, meaningOf } from './directives.ts';

/** One value of a line and the text around it. */
export interface Piece {
  readonly meaning: Meaning;
  /** As it stands in the format, for messages. */
  readonly directive: string;
  /** What is written in the braces: `%{Referer}i` has `Referer`. */
  readonly argument: string | null;
  /** Text between this value and the next, or the end of the line. */
  readonly after: string;
}

/** A `LogFormat` string taken apart. */
export interface Layout {
  /** Text before the first value. */
  readonly before: string;
  readonly pieces: readonly Piece[];
}

interface Token {
  readonly text: string;
  /** Null for literal text. */
  readonly meaning: Meaning | null;
  readonly argument: string | null;
  /** 1-based. */
  readonly column: number;
}

/** `%!200,304>s`: status codes, which redirect, braces, then the letter; `^` begins the longer names. */
const DIRECTIVE = /%([!\d,<>]*)(?:\{([^}]*)\})?([!\d,<>]*)(\^[a-zA-Z]{2}|[a-zA-Z])/y;
const CONFIG_LINE = /^(\s*LogFormat\s+")((?:[^"\\]|\\.)*)"\s*\S*\s*$/i;
const LITERAL_ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };
/** A `LogFormat` longer than this is a mistake. */
const MAX_FORMAT_LENGTH = 8192;

/**
 * Takes a `LogFormat` string apart. A whole line of an Apache configuration (`LogFormat "..." name`) may stand for it.
 * @throws SightlineError `bad-log-format`, with the column of what is wrong.
 */
export function parseLogFormat(format: string): Layout {
  if (format.length > MAX_FORMAT_LENGTH) {
    throw new SightlineError('bad-log-format', `the log format is longer than ${MAX_FORMAT_LENGTH} characters`);
  }
  const line = CONFIG_LINE.exec(format);
  const tokens = line === null ? tokenise(format, 1) : tokenise(line[2] ?? '', (line[1] ?? '').length + 1);
  const layout = toLayout(tokens);
  checkLayout(layout, format);
  return layout;
}

function tokenise(format: string, firstColumn: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < format.length) {
    const token = tokenAt(format, at, at + firstColumn);
    tokens.push(token.token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(format: string, at: number, column: number): { token: Token; end: number } {
  const char = format.charAt(at);
  if (char === '\\' && at + 1 < format.length) {
    const escaped = format.charAt(at + 1);
    return { token: literal(LITERAL_ESCAPES[escaped] ?? `\\${escaped}`, column), end: at + 2 };
  }
  if (char !== '%') return { token: literal(char, column), end: at + 1 };
  if (format.charAt(at + 1) === '%') return { token: literal('%', column), end: at + 2 };
  DIRECTIVE.lastIndex = at;
  const found = DIRECTIVE.exec(format);
  if (found === null) throw badDirective(format.slice(at, at + 12), column);
  const [text, before = '', argument = null, after = '', letters = ''] = found;
  const meaning = meaningOf(letters, argument, `${before}${after}`.includes('>'));
  if (meaning === null) throw badDirective(text, column);
  return { token: { text, meaning, argument, column }, end: at + text.length };
}

function literal(text: string, column: number): Token {
  return { text, meaning: null, argument: null, column };
}

function badDirective(text: string, column: number): SightlineError {
  return new SightlineError(
    'bad-log-format',
    `column ${column}: "${text}" is no directive that Sightline knows; it knows ${KNOWN_DIRECTIVES.join(' ')}`,
  );
}

function toLayout(tokens: readonly Token[]): Layout {
  let before = '';
  const pieces: (Piece & { after: string; column: number })[] = [];
  const addText = (text: string): void => {
    const last = pieces.at(-1);
    if (last === undefined) before += text;
    else last.after += text;
  };
  for (const { text, meaning, argument, column } of tokens) {
    const last = pieces.at(-1);
    if (meaning === null) addText(text);
    else if (last?.meaning.slot === 'path' && last.after === '' && meaning.slot === 'query') {
      // `%U%q`: the one ends where the other begins, at the question mark.
      pieces[pieces.length - 1] = { ...last, meaning: { ...last.meaning, slot: 'target' }, directive: '%U%q' };
    } else {
      const stamp = meaning.shape === 'stamp';
      if (stamp) addText('[');
      const neighbour = pieces.at(-1);
      if (neighbour?.after === '' && !endsItself(neighbour)) {
        throw new SightlineError(
          'bad-log-format',
          `column ${column}: nothing stands between "${neighbour.directive}" and "${text}", so nobody can tell them apart`,
        );
      }
      pieces.push({ meaning, directive: text, argument, after: stamp ? ']' : '', column });
    }
  }
  return { before, pieces };
}

function endsItself(piece: Piece): boolean {
  return piece.meaning.shape === 'time' || piece.meaning.shape === 'number';
}

function checkLayout(layout: Layout, format: string): void {
  const slots = new Set(layout.pieces.map((piece) => piece.meaning.slot));
  if (!slots.has('time')) {
    throw new SightlineError('bad-log-format', `"${format}" has no time: expected %t or %{...}t`);
  }
  const forwarded = layout.pieces.some((piece) => isClientHeader(piece));
  if (!slots.has('client') && !slots.has('peer') && !forwarded) {
    throw new SightlineError('bad-log-format', `"${format}" has no client: expected %h, %a or %{X-Forwarded-For}i`);
  }
}

function isClientHeader(piece: Piece): boolean {
  return piece.meaning.extra !== null && piece.directive.endsWith('i') && CLIENT_HEADERS.includes(piece.meaning.extra);
}
