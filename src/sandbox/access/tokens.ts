import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { json, Refusal } from '../http/answer.ts';
import type { SandboxClient } from '../settings.ts';
import type { Identity } from './identity.ts';

const CLAIMS = 'https://schemas.cisco.com/iroh/identity/claims';

/** Gives out bearer tokens and reads them again. They are signed anew by each sandbox: none outlives it. */
export interface Tokens {
  issue(client: SandboxClient): string;
  /** Who bears the token of an `Authorization` header. Throws the server's 401. */
  identify(authorization: string | undefined): Identity;
}

export function openTokens(clock: () => number, lifetimeS: number): Tokens {
  const key = randomBytes(32);
  const sign = (text: string): Buffer => createHmac('sha256', key).update(text).digest();

  return {
    issue(client) {
      const issuedAt = Math.floor(clock() / 1000);
      const claims = {
        sub: client.user,
        iss: 'IROH Auth',
        iat: issuedAt,
        nbf: issuedAt - 60,
        exp: issuedAt + lifetimeS,
        [`${CLAIMS}/org/id`]: client.org,
        [`${CLAIMS}/scopes`]: client.scopes,
        [`${CLAIMS}/oauth/client/id`]: client.clientId,
        [`${CLAIMS}/user/id`]: client.user,
      };
      const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
      return `${content}.${sign(content).toString('base64url')}`;
    },
    identify(authorization) {
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1];
      if (token === undefined) {
        if (authorization?.startsWith('Bearer ')) throw refusal('jwt_decode_failed_exception', 'no JSON web token');
        throw new Refusal(json(401, { error: 'not_authenticated', message: 'Only authenticated users allowed' }));
      }
      const at = token.lastIndexOf('.');
      const signature = Buffer.from(token.slice(at + 1), 'base64url');
      const expected = sign(token.slice(0, at));
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
        throw refusal('jwt_invalid_signature', 'not signed by this server');
      }
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
        string,
        unknown
      >;
      const expiredForS = Math.floor(clock() / 1000) - Number(claims.exp);
      if (expiredForS >= 0) throw refusal('jwt_expired', `expired ${expiredForS} s ago`);
      return {
        login: String(claims.sub),
        groups: [String(claims[`${CLAIMS}/org/id`])],
        clientId: String(claims[`${CLAIMS}/oauth/client/id`]),
        scopes: claims[`${CLAIMS}/scopes`] as string[],
      };
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function refusal(error: string, description: string): Refusal {
  return new Refusal(json(401, { error, error_description: description }));
}
