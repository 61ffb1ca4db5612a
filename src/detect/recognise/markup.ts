import { isLetter, isSpace, skipSpace } from './characters.ts';
import { ACTIVE_ATTRIBUTES, ACTIVE_ELEMENTS, EVENTS, PLAIN_ELEMENTS } from './markup-words.ts';
import type { Recognition } from './recogniser.ts';

const MAX_NAME = 64;
const MAX_JUNK = 48;

/**
 * Markup that runs in an already lower-cased text. A tag begins with `<`, junk that browsers or filters drop, and a name;
 * a handler is `on<event>` `=` in a tag or after a quote that may end an attribute.
 */
export function findMarkup(lower: string): Recognition | null {
  let tagAt = -1;
  for (let at = lower.indexOf('<'); at >= 0; at = lower.indexOf('<', at + 1)) {
    const found = judgeTag(lower, at);
    if (found !== null) return found;
    if (tagAt < 0 && isLetter(lower.charCodeAt(skipTagJunk(lower, at + 1)))) tagAt = at;
  }
  return findHandler(lower, tagAt);
}

function judgeTag(lower: string, at: number): Recognition | null {
  const nameAt = skipTagJunk(lower, at + 1);
  const nameEnd = findNameEnd(lower, nameAt);
  const qualified = lower.slice(nameAt, nameEnd);
  const name = qualified.slice(qualified.lastIndexOf(':') + 1);
  if (lower.startsWith('!entity', at + 1) || lower.startsWith('!doctype', at + 1)) return null;
  if (lower.startsWith('![cdata[', at + 1)) return { start: at, end: at + 9, shape: 'cdata' };
  if (name === '') return null;
  const closing = lower.charCodeAt(at + 1) === 47;
  const code = lower.charCodeAt(nameEnd);
  const delimited = Number.isNaN(code) || isSpace(code) || '/>"\'`=<&+%?;'.includes(lower[nameEnd] ?? '');
  if (ACTIVE_ELEMENTS.has(name) && delimited) {
    const spacedOut = isSpace(lower.charCodeAt(at + 1)) && !/^(?:script|iframe|svg|img)$/.test(name);
    const cut = Number.isNaN(code) && !/^(?:script|iframe|svg|img|object|embed)$/.test(name);
    return spacedOut || cut ? null : { start: at, end: nameEnd, shape: closing ? 'closing-tag' : 'tag' };
  }
  if (/^(?:script|iframe)/.test(name)) return { start: at, end: nameEnd, shape: 'tag' };
  if (!delimited || closing) return null;
  if (breaksOut(lower, at) && (PLAIN_ELEMENTS.has(name) || lower[nameEnd] === '>' || lower[nameEnd] === '/'))
    return { start: at, end: nameEnd, shape: 'attribute-breakout' };
  return PLAIN_ELEMENTS.has(name) || lower.startsWith('xmlns', nameEnd + 1) ? findAttribute(lower, at, nameEnd) : null;
}

/** `">` stands before a tag, and the tag that it ends did not begin in this text. */
function breaksOut(lower: string, at: number): boolean {
  const quote = /(["'])\s{0,4}>\s{0,4}$/.exec(lower.slice(Math.max(0, at - 12), at))?.[1];
  if (quote === undefined) return false;
  const opened = lower.lastIndexOf('<', at - 1);
  return opened < 0 || lower.slice(opened, at).split(quote).length % 2 === 0;
}

/** An attribute that loads, runs or styles, within the next few of the tag. */
function findAttribute(lower: string, tagAt: number, from: number): Recognition | null {
  let at = from;
  for (let attributes = 0; attributes < 4; attributes += 1) {
    while (isSpace(lower.charCodeAt(at)) || lower.charCodeAt(at) === 47) at += 1;
    const end = findNameEnd(lower, at);
    if (end === at) return null;
    const equals = skipSpace(lower, end);
    if (lower.charCodeAt(equals) !== 61) return null;
    if (ACTIVE_ATTRIBUTES.has(lower.slice(at, end)) || isBrowserNamespace(lower, at, equals + 1))
      return { start: tagAt, end: equals + 1, shape: 'tag-attribute' };
    at = skipValue(lower, skipSpace(lower, equals + 1));
  }
  return null;
}

/** A document's own namespace, such as a map filter's, shows a browser nothing. */
function isBrowserNamespace(lower: string, name: number, value: number): boolean {
  return (
    lower.startsWith('xmlns', name) && !/^\s?["']?https?:\/\/(?!www\.w3\.org\/)/.test(lower.slice(value, value + 32))
  );
}

function skipValue(lower: string, from: number): number {
  const quote = lower[from];
  if (quote === '"' || quote === "'") {
    const end = lower.slice(from + 1, from + 1 + 4 * MAX_NAME).indexOf(quote);
    return end < 0 ? lower.length : from + end + 2;
  }
  let at = from;
  while (at < from + MAX_NAME && at < lower.length && !isSpace(lower.charCodeAt(at)) && lower[at] !== '>') at += 1;
  return at;
}

function skipTagJunk(lower: string, from: number): number {
  let at = from;
  while (at < from + 8 && at < lower.length && (isSpace(lower.charCodeAt(at)) || '/%\\+'.includes(lower[at] ?? '')))
    at += 1;
  return at;
}

function findNameEnd(lower: string, from: number): number {
  let at = from;
  while (at < from + MAX_NAME) {
    const code = lower.charCodeAt(at);
    if (!isLetter(code) && !(at > from && ((code >= 48 && code <= 58) || code === 45))) break;
    at += 1;
  }
  return at;
}

function findHandler(lower: string, tagAt: number): Recognition | null {
  const quoteAt = findQuote(lower);
  for (let at = lower.indexOf('on'); at >= 0; at = lower.indexOf('on', at + 2)) {
    if (at > 0 && !startsAttribute(lower, at)) continue;
    let end = at + 2;
    while (end < at + MAX_NAME && isLetter(lower.charCodeAt(end))) end += 1;
    const event = lower.slice(at + 2, end);
    const inTag = tagAt >= 0 && tagAt < at;
    const known = EVENTS.has(event);
    if (!known && !(inTag && event.length >= 3)) continue;
    const equals = skipToEquals(lower, end, inTag);
    if (equals < 0) continue;
    if (inTag) return { start: tagAt, end: equals + 1, shape: 'event-handler' };
    if (quoteAt >= 0 && quoteAt < at) return { start: quoteAt, end: equals + 1, shape: 'attribute-breakout' };
    if (runs(lower, equals + 1)) return { start: at, end: equals + 1, shape: 'event-handler' };
  }
  return null;
}

function findQuote(lower: string): number {
  const marks = ['"', "'", '`'].map((quote) => lower.indexOf(quote)).filter((index) => index >= 0);
  return marks.length === 0 ? -1 : Math.min(...marks);
}

function startsAttribute(lower: string, at: number): boolean {
  return isSpace(lower.charCodeAt(at - 1)) || '"\'`/;>=?&)\\{'.includes(lower[at - 1] ?? '');
}

/** Index of the `=` after a handler's name, or -1. Old browsers dropped junk there: `onload!#$%&()*=`. */
function skipToEquals(lower: string, from: number, inTag: boolean): number {
  let at = skipSpace(lower, from);
  if (inTag) while (at < from + MAX_JUNK && '!#$%&()*~+-_.,:;?@[/|\\]^`"\' \u0000'.includes(lower[at] ?? 'x')) at += 1;
  return lower[at] === '=' && lower[at + 1] !== '=' ? at : -1;
}

/** What follows calls something: `x(`, x`…`, or a script URL. */
function runs(lower: string, from: number): boolean {
  const head = lower.slice(from, from + 256);
  return /[\w\])?.]\s?[(`]|javascript:|=|^\s?(?:alert|eval|prompt|confirm)\b/.test(head);
}
