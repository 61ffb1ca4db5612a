/** What a request line asks for. All null but `protocol` when it has not the shape of a request. */
export interface RequestParts {
  readonly method: string | null;
  readonly target: string | null;
  readonly stem: string | null;
  readonly query: string | null;
  readonly protocol: string | null;
  /** The authority of an absolute-form or authority-form target, as sent. */
  readonly authority: string | null;
}

export const NO_REQUEST: RequestParts = {
  method: null,
  target: null,
  stem: null,
  query: null,
  protocol: null,
  authority: null,
};

const SPACE = 0x20;
const SLASH = 0x2f;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const PROTOCOL = /^(?:HTTP|RTSP|SIP)\/\d{1,2}(?:\.\d{1,2})?$/i;
const MAX_PROTOCOL_LENGTH = 10;
const USUAL_PROTOCOL_LENGTH = 8;
const ABSOLUTE_FORM = /^[a-z][a-z0-9+.-]{0,31}:\/\/([^/?#]*)/i;

/**
 * Takes a request line apart. It has the shape of a request when it is `method target protocol`, where the method is a
 * token of RFC 9110 and the protocol is that of HTTP, RTSP or SIP, or, as in HTTP/0.9, `method target` with a target
 * that begins with `/` or `scheme://`. What stands between the first and the last blank is the target, blanks included.
 */
export function splitRequest(request: string): RequestParts {
  const methodEnd = request.indexOf(' ');
  if (methodEnd < 1) return NO_REQUEST;
  const method = request.slice(0, methodEnd);
  if (!isKnownMethod(method) && !TOKEN.test(method)) return NO_REQUEST;
  const lastSpace = lastSpaceOf(request);
  const last = request.slice(lastSpace + 1);
  const protocol = isProtocol(last) ? last : null;
  const target = trimSpaces(request, methodEnd + 1, protocol === null ? request.length : lastSpace);
  if (target.length === 0) return NO_REQUEST;
  if (target.charCodeAt(0) === SLASH) return withTarget(method, target, protocol, null);
  return splitOtherForm(method, target, protocol);
}

/** RFC 9112, 3.2.2 to 3.2.4: absolute-form, authority-form and asterisk-form; and what is none of them. */
function splitOtherForm(method: string, target: string, protocol: string | null): RequestParts {
  const absolute = splitAbsolute(target);
  if (absolute !== null) return withTarget(method, absolute.target, protocol, absolute.authority);
  if (protocol === null) return NO_REQUEST;
  return withTarget(method, target, protocol, method === 'CONNECT' ? target : null);
}

function splitAbsolute(target: string): { target: string; authority: string } | null {
  const absolute = ABSOLUTE_FORM.exec(target);
  if (absolute === null) return null;
  const rest = target.slice(absolute[0].length);
  return { target: rest.startsWith('/') ? rest : `/${rest}`, authority: absolute[1] ?? '' };
}

function withTarget(
  method: string | null,
  target: string,
  protocol: string | null,
  authority: string | null,
): RequestParts {
  const mark = target.indexOf('?');
  return mark < 0
    ? { method, target, stem: target, query: null, protocol, authority }
    : { method, target, stem: target.slice(0, mark), query: target.slice(mark + 1), protocol, authority };
}

/** Parts of a request that was logged in pieces. */
export function joinRequest(method: string | null, target: string | null, protocol: string | null): RequestParts {
  if (target === null) return { ...NO_REQUEST, method, protocol };
  const absolute = splitAbsolute(target);
  return withTarget(method, absolute?.target ?? target, protocol, absolute?.authority ?? null);
}

/** The request line that parts were logged of; null when method or target were not. */
export function requestOf({ method, target, protocol }: RequestParts): string | null {
  if (method === null || target === null) return null;
  return protocol === null ? `${method} ${target}` : `${method} ${target} ${protocol}`;
}

/** All usual protocols have eight characters; searching backwards is slow. */
function lastSpaceOf(request: string): number {
  const usual = request.length - USUAL_PROTOCOL_LENGTH - 1;
  const found = request.charCodeAt(usual) === SPACE && request.indexOf(' ', usual + 1) < 0;
  return found ? usual : request.lastIndexOf(' ');
}

function isKnownMethod(method: string): boolean {
  return method === 'GET' || method === 'POST' || method === 'HEAD';
}

function isProtocol(word: string): boolean {
  return (
    word === 'HTTP/1.1' ||
    word === 'HTTP/1.0' ||
    word === 'HTTP/2.0' ||
    (word.length <= MAX_PROTOCOL_LENGTH && PROTOCOL.test(word))
  );
}

function trimSpaces(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && text.charCodeAt(start) === SPACE) start++;
  while (end > start && text.charCodeAt(end - 1) === SPACE) end--;
  return text.slice(start, end);
}
