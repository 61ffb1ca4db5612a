import { type Answer, html, json } from '../http/answer.ts';
import type { Fault } from './fault.ts';

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>';

/** What a request gets in place of an answer from its route; null for faults that let it through. */
export function faultAnswer({ kind, value }: Fault): Answer | null {
  switch (kind) {
    case 'unauthorised':
      return json(401, { error: 'jwt_expired', error_description: 'expired 1 s ago' });
    case 'forbidden':
      return json(403, {
        message: 'Missing capability',
        error: 'missing_capability',
        capabilities: 'developer',
        owner: 'sandbox',
      });
    case 'rate-limited':
      return json(429, { error: 'Too Many Requests' }, { 'retry-after': String(value) });
    case 'server-error':
      return json(500, { type: 'unknown-exception', class: 'java.lang.Exception' });
    case 'bad-gateway':
      return html(502, BAD_GATEWAY);
    case 'token-failure':
      return json(value, { error: value < 500 ? 'invalid_client' : 'server_error', error_description: 'refused' });
    default:
      return null;
  }
}
