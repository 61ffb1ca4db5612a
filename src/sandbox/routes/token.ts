import { timingSafeEqual } from 'node:crypto';
import type { Tokens } from '../access/tokens.ts';
import { TOKEN_PATH } from '../fault/fault.ts';
import { type Answer, json } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { open, type Route } from '../http/router.ts';
import type { SandboxClient } from '../settings.ts';

/** Tokens by the client credentials grant (RFC 6749, 4.4), the client by HTTP Basic. */
export function tokenRoutes(clients: readonly SandboxClient[], tokens: Tokens, lifetimeS: number): Route[] {
  function grant(call: Call): Answer {
    const client = clients.find((known) => isClient(known, call.headers.authorization ?? ''));
    if (client === undefined) return refuse(401, 'invalid_client', 'unknown client or wrong password');
    if (!(call.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) {
      return refuse(400, 'invalid_request', 'expected a form');
    }
    const form = new URLSearchParams(call.body);
    if (form.get('grant_type') !== 'client_credentials') {
      return refuse(400, 'unsupported_grant_type', 'expected grant_type=client_credentials');
    }
    const asked =
      form
        .get('scope')
        ?.split(' ')
        .filter((scope) => scope !== '') ?? [];
    if (!asked.every((scope) => client.scopes.includes(scope))) {
      return refuse(400, 'invalid_scope', 'the client has not all of these scopes');
    }
    const scopes = asked.length === 0 ? client.scopes : asked;
    return json(200, {
      access_token: tokens.issue({ ...client, scopes }),
      token_type: 'bearer',
      expires_in: lifetimeS,
      scope: scopes.join(' '),
    });
  }
  return [open('POST', TOKEN_PATH, grant)];
}

function isClient({ clientId, clientPassword }: SandboxClient, authorization: string): boolean {
  const expected = Buffer.from(`Basic ${Buffer.from(`${clientId}:${clientPassword}`).toString('base64')}`);
  const given = Buffer.from(authorization);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function refuse(status: number, error: string, description: string): Answer {
  return json(status, { error, error_description: description });
}
