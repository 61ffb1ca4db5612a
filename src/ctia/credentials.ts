import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { SightlineError } from '../model/errors.ts';

/** An API client of Cisco XDR. */
export interface ClientCredentials {
  readonly clientId: string;
  readonly clientPassword: string;
}

/** An API client, or a ready token that somebody else renews. */
export type Credentials = ClientCredentials | { readonly token: string };

export function isToken(credentials: Credentials): credentials is { readonly token: string } {
  return 'token' in credentials;
}

const MAX_FILE_BYTES = 65_536;

/**
 * Reads credentials as JSON (`{"client_id": "...", "client_password": "..."}`) or as lines `client_id=...`, `#` starting
 * a comment line. The names may bear the prefix `ctr_` or `sightline_`, in any case; other names are passed over.
 * Throws SightlineError `bad-credentials`; its message holds nothing of the text.
 */
export function readCredentials(text: string): ClientCredentials {
  const values = new Map<string, string>();
  for (const [name, value] of text.trimStart().startsWith('{') ? jsonEntries(text) : lineEntries(text)) {
    values.set(
      name
        .trim()
        .toLowerCase()
        .replace(/^(?:ctr|sightline)_/, ''),
      value,
    );
  }
  const clientId = values.get('client_id') ?? '';
  const clientPassword = values.get('client_password') ?? '';
  if (clientId === '' || clientPassword === '') {
    throw new SightlineError('bad-credentials', 'credentials must hold client_id and client_password');
  }
  if (clientId.includes(':')) throw new SightlineError('bad-credentials', 'a client_id cannot hold a colon');
  return { clientId, clientPassword };
}

/** Reads credentials from a file that nobody but its owner may touch. Throws SightlineError. */
export async function readCredentialsFile(path: string): Promise<ClientCredentials> {
  const file = await open(path, constants.O_RDONLY).catch((cause: Error) => {
    throw new SightlineError('bad-credentials', `cannot open the credentials file ${path}: ${cause.message}`, {
      cause,
    });
  });
  try {
    const stats = await file.stat();
    const { mode, size } = stats;
    if (stats.isDirectory()) throw new SightlineError('bad-credentials', `${path} is a folder, not a credentials file`);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      const message = `${path} may be read by others (mode ${shown}); make it yours alone: chmod 600 ${path}`;
      throw new SightlineError('open-credentials', message);
    }
    if (size > MAX_FILE_BYTES)
      throw new SightlineError('bad-credentials', `${path} is too large for a credentials file`);
    return readCredentials(await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}

function jsonEntries(text: string): [string, string][] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the text is secret.
    throw new SightlineError('bad-credentials', 'credentials begin like JSON but are not valid JSON');
  }
  return Object.entries(value ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

function lineEntries(text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const at = line.indexOf('=');
    if (at === -1 || line.trimStart().startsWith('#')) return [];
    return [
      [
        line.slice(0, at),
        line
          .slice(at + 1)
          .trim()
          .replace(/^(["'])(.*)\1$/, '$2'),
      ],
    ];
  });
}
