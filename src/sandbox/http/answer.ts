/** What goes back over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Thrown anywhere below a route: the request ends with this answer. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`HTTP ${answer.status}`);
    this.name = 'Refusal';
    this.answer = answer;
  }
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain;charset=utf-8' }, body };
}

export function html(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'text/html;charset=utf-8', ...headers }, body };
}

export function empty(status: number): Answer {
  return { status, headers: {}, body: '' };
}

/** 404 as most entity routes give it. */
export const NOT_FOUND = empty(404);

/** What the server's coercion refuses: `errors` is nested like the value that is at fault. */
export class ShapeRefusal extends Refusal {
  readonly errors: unknown;

  constructor(errors: unknown) {
    super(json(400, { errors }));
    this.errors = errors;
  }
}

/** What the search engine behind the server refuses. */
export function badSearch(message: string): Refusal {
  return new Refusal(json(400, { type: 'ES Invalid Request', message, class: 'clojure.lang.ExceptionInfo' }));
}
