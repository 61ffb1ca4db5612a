import type { Answer } from './answer.ts';
import type { Call, SignedCall } from './call.ts';

interface RouteBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/ctia/incident/:id`: segments with a colon are parameters, the others are as a caller would encode them. */
  readonly path: string;
}

/** A route for callers that bear a token. */
export interface SignedRoute extends RouteBase {
  readonly access: 'signed';
  /** All of them are needed. */
  readonly capabilities: readonly string[];
  handle(call: SignedCall): Answer;
}

/** A route for anybody. */
export interface OpenRoute extends RouteBase {
  readonly access: 'open';
  handle(call: Call): Answer;
}

export type Route = SignedRoute | OpenRoute;

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** `GET /ctia/incident/:id`, signed. */
export function signed(
  method: RouteBase['method'],
  path: string,
  capabilities: readonly string[],
  handle: (call: SignedCall) => Answer,
): SignedRoute {
  return { access: 'signed', method, path, capabilities, handle };
}

export function open(method: RouteBase['method'], path: string, handle: (call: Call) => Answer): OpenRoute {
  return { access: 'open', method, path, handle };
}

/** Finds the route of a request: of those that match, the one that names the most segments. */
export function router(routes: readonly Route[]): (method: string, path: string) => Match | null {
  const patterns = routes.map((route) => ({ route, segments: readSegments(route.path) ?? [] }));
  return (method, path) => {
    const segments = readSegments(path);
    if (segments === null) return null;
    let best: { readonly match: Match; readonly literals: number } | null = null;
    for (const pattern of patterns) {
      if (pattern.route.method !== method || pattern.segments.length !== segments.length) continue;
      const params = matchSegments(pattern.segments, segments);
      if (params === null) continue;
      const literals = segments.length - Object.keys(params).length;
      if (best === null || literals > best.literals) best = { match: { route: pattern.route, params }, literals };
    }
    return best?.match ?? null;
  };
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    const expected = pattern[i] ?? '';
    if (expected.startsWith(':') && segment !== '') params[expected.slice(1)] = segment;
    else if (expected !== segment) return null;
  }
  return params;
}

/** Each segment decoded by itself, so that an encoded slash stays part of it; a slash at the end counts for nothing. */
function readSegments(path: string): string[] | null {
  try {
    return path
      .replace(/(?<=.)\/$/, '')
      .split('/')
      .slice(1)
      .map(decodeURIComponent);
  } catch {
    return null; // Not UTF-8 behind the percent signs: no route has such a name.
  }
}
