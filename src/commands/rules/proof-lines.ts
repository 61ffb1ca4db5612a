import type { ProofCase, ProofRequest } from '../../detect/detect.ts';
import type { LogLine } from '../../model/line.ts';

/** When the first request of a proof came: any time does, so long as it is always the same. */
const PROOF_START = Date.UTC(2025, 9, 10, 13, 55, 36);
const ORDINARY_CLIENT = '203.0.113.9';
const ORDINARY_STATUS = 200;
const ORDINARY_BYTES = 5120;
const ORDINARY_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0';
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
/** What `ap_escape_logitem` of Apache 2.4 writes by name; the rest is `\xhh`. */
const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/**
 * The log lines of a proof, as Apache would have written them: combined, or vhost_combined for requests that name their
 * host. A request follows the one before after that one's `every` and its own `after`; `{n}` in its texts is the number of
 * the repetition, from 0, `{word}` the same number in letters. Whole lines stay as they are.
 */
export function proofLines({ stream, path }: ProofCase): LogLine[] {
  const texts: string[] = [];
  let time = PROOF_START;
  for (const item of stream) {
    if (typeof item === 'string') {
      texts.push(bytesOf(item));
      continue;
    }
    time += item.afterMs;
    for (let index = 0; index < item.repeat; index++) {
      texts.push(logText(item, index, time));
      time += item.everyMs;
    }
  }
  let offset = 0;
  return texts.map((text, index) => {
    const line = { source: path, number: index + 1, offset, length: text.length, text };
    offset += text.length + 1;
    return line;
  });
}

function logText(proof: ProofRequest, index: number, time: number): string {
  const fill = (text: string) => text.replaceAll('{n}', String(index)).replaceAll('{word}', wordOf(index));
  const logged = (value: string | null) => (value === null ? '-' : escapeLogItem(fill(value)));
  const { host, client = ORDINARY_CLIENT, status = ORDINARY_STATUS, bytes = ORDINARY_BYTES } = proof;
  const { user = null, referer = null, userAgent = ORDINARY_AGENT } = proof;
  return [
    ...(host === undefined ? [] : [`${logged(host)}:80`]),
    logged(client),
    '-',
    logged(user),
    `[${apacheTime(time)}]`,
    `"${logged(proof.request)}"`,
    status,
    bytes,
    `"${logged(referer)}"`,
    `"${logged(userAgent)}"`,
  ].join(' ');
}

/** A, b, .. z, ba, bb ..: a word for each number. */
function wordOf(index: number): string {
  const letter = String.fromCharCode('a'.charCodeAt(0) + (index % 26));
  return index < 26 ? letter : wordOf(Math.floor(index / 26)) + letter;
}

/** As `ap_escape_logitem` has it: quotes, backslashes and every byte that is not printable ASCII. */
function escapeLogItem(text: string): string {
  return bytesOf(text).replace(
    /["\\]|[^\x20-\x7e]/g,
    (byte) => NAMED_ESCAPES[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** The UTF-8 bytes of a text, one a code unit, as lines are read. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function apacheTime(ms: number): string {
  const [day, clock = ''] = new Date(ms).toISOString().split('T');
  const [year, month, date] = (day ?? '').split('-');
  return `${date}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
