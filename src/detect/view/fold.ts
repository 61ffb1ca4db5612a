const MAY_FOLD = /[%&\\\u0080-\uffff]/;
const UNICODE_ESCAPE = /%u([0-9a-f]{4})/gi;
const SCRIPT_ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{0{0,8}([0-9a-f]{1,6})\})/gi;
const ENTITY = /&(?:#x0{0,8}([0-9a-f]{1,6});?|#0{0,8}([0-9]{1,7});?|([a-z]{2,8});)/gi;
/** Bytes that are no valid UTF-8 stay as code units of the same value: C0 AE is an overlong full stop. */
const OVERLONG =
  /[\u00c0\u00c1][\u0080-\u00bf]|\u00e0[\u0080-\u009f][\u0080-\u00bf]|\u00f0[\u0080-\u008f][\u0080-\u00bf]{2}/g;
const LOOKALIKE =
  /[\u02b9\u02bc\u2018\u2019\u201c\u201d\u2024\u2032\u2033\u2044\u2215\u2216\u2329\u232a\u29f5\u29f8\u3000\u3008\u3009\ufe52\ufe64\ufe65\ufe68\uff01-\uff5e]/g;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
  ['nbsp', ' '],
  ['tab', '\t'],
  ['newline', '\n'],
  ['colon', ':'],
  ['semi', ';'],
  ['comma', ','],
  ['period', '.'],
  ['lpar', '('],
  ['rpar', ')'],
  ['sol', '/'],
  ['bsol', '\\'],
  ['num', '#'],
  ['equals', '='],
  ['grave', '`'],
  ['excl', '!'],
  ['dollar', '$'],
  ['percnt', '%'],
  ['vert', '|'],
]);

/** Characters that careless software takes for the ASCII one; full-width forms are a range of their own. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ...[...'\u02b9\u02bc\u2018\u2019\u2032'].map((c) => [c, "'"] as const),
  ...[...'\u201c\u201d\u2033'].map((c) => [c, '"'] as const),
  ...[...'\u2044\u2215\u29f8'].map((c) => [c, '/'] as const),
  ...[...'\u2216\u29f5\ufe68'].map((c) => [c, '\\'] as const),
  ...[...'\u2024\ufe52'].map((c) => [c, '.'] as const),
  ...[...'\u2329\u3008\ufe64'].map((c) => [c, '<'] as const),
  ...[...'\u232a\u3009\ufe65'].map((c) => [c, '>'] as const),
  ['\u3000', ' '],
]);

/**
 * Replaces other ways to write an ASCII character by the character: `%uXXXX`, overlong UTF-8, full-width forms and
 * look-alikes, HTML entities, and the escapes `\xhh`, `\uhhhh` of scripts. Linear.
 *
 * @returns the same string when there was nothing to fold
 */
export function foldText(text: string): string {
  if (!MAY_FOLD.test(text)) return text;
  return text
    .replace(UNICODE_ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(OVERLONG, readOverlong)
    .replace(LOOKALIKE, readLookalike)
    .replace(ENTITY, readEntity)
    .replace(SCRIPT_ESCAPE, (written: string, x?: string, u?: string, braced?: string) =>
      fromPoint(Number.parseInt(x ?? u ?? braced ?? '', 16), written),
    );
}

function readOverlong(bytes: string): string {
  let point = bytes.charCodeAt(0) & (0xff >> (bytes.length + 1));
  for (let i = 1; i < bytes.length; i += 1) point = (point << 6) | (bytes.charCodeAt(i) & 0x3f);
  return String.fromCharCode(point);
}

function readLookalike(character: string): string {
  return LOOKALIKES.get(character) ?? String.fromCharCode(character.charCodeAt(0) - 0xfee0);
}

function readEntity(entity: string, hex?: string, decimal?: string, name?: string): string {
  if (name !== undefined) return ENTITIES.get(name.toLowerCase()) ?? entity;
  return fromPoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16), entity);
}

function fromPoint(point: number, otherwise: string): string {
  return point <= 0x10ffff ? String.fromCodePoint(point) : otherwise;
}
