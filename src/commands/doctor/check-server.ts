import { type Config, readEnvironment } from '../../config.ts';
import type { CtiaClient, Exchange } from '../../ctia/ctia.ts';
import { openClient } from '../open-client.ts';
import { check, type Finding, ok, warning, wrong } from './finding.ts';

/** Beyond this, times in the log and on the server do not fit together. */
const MAX_SKEW_MS = 30_000;
/** Scopes that some commands need, and what for. */
const OPTIONAL_SCOPES = [
  ['inspect', 'sightline inspect reads texts locally without it'],
  ['casebook', 'sightline incidents show leaves casebooks out without it'],
] as const;

/** Credentials, reachability, token, scopes and clock, in the order in which they depend on each other. */
export async function checkServer(config: Config): Promise<Finding[]> {
  let skewMs: number | null = null;
  const onExchange = ({ serverTime, durationMs }: Exchange): void => {
    if (serverTime !== null) skewMs = Date.now() - durationMs / 2 - serverTime;
  };
  let client: CtiaClient | null = null;
  const credentials = await check(
    'credentials',
    'create an API client in XDR (Administration, API Clients) and keep its id and password in the environment or a file of mode 600',
    async () => {
      client = await openClient(config, readEnvironment(), { onExchange, retry: { maxAttempts: 2 } });
      return ok('credentials', 'present, and nobody else can read them');
    },
  );
  if (client === null) return [credentials];
  const open: CtiaClient = client;
  try {
    const reached = await check(
      'connection',
      'check deliver.region, proxy (HTTPS_PROXY, NO_PROXY), firewall and deliver.ca_file',
      async () => {
        const { 'ctim-version': ctim, base } = await open.version();
        return ok('connection', `CTIA answers (${String(base ?? '')}, CTIM ${String(ctim ?? 'unknown')})`);
      },
    );
    if (reached.state === 'wrong') return [credentials, reached];
    const token = await check(
      'token',
      'compare them with the API client in XDR (Administration, API Clients), and its region with deliver.region',
      async () => {
        await open.scopes();
        await open.status();
        return ok('token', 'the server takes it');
      },
    );
    const rest = token.state === 'wrong' ? [] : checkScopes(await open.scopes());
    return [credentials, reached, token, ...rest, ...checkClock(skewMs)];
  } finally {
    await open.close();
  }
}

function checkScopes(scopes: readonly string[] | null): Finding[] {
  if (scopes === null) return [ok('scopes', 'the server does not tell them')];
  const missing = ['read', 'write'].filter(
    (access) => !scopes.includes('private-intel') && !scopes.includes(`private-intel:${access}`),
  );
  const main =
    missing.length === 0
      ? ok('scopes', scopes.join(' '))
      : wrong(
          'scopes',
          `private-intel:${missing.join(' and private-intel:')} is missing (there is: ${scopes.join(' ') || 'none'})`,
          'create an API client with the scope private-intel',
        );
  const optional = OPTIONAL_SCOPES.filter(([scope]) => !scopes.some((it) => it.split(':')[0] === scope));
  return [
    main,
    ...optional.map(([scope, why]) =>
      warning('optional scopes', `${scope} is missing: ${why}`, `add the scope ${scope} if you need it`),
    ),
  ];
}

function checkClock(skewMs: number | null): Finding[] {
  if (skewMs === null) return [warning('clock', 'the server does not tell the time', 'compare the clock yourself')];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const message = `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the server`;
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return [ok('clock', message)];
  return [wrong('clock', message, 'set the clock by NTP: tokens and incident times depend on it')];
}
