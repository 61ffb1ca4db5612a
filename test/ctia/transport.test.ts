import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CtiaOptions } from '../../src/ctia/ctia.ts';
import { baseOf } from '../../src/ctia/hosts.ts';
import { transport } from '../../src/ctia/transport.ts';
import { clientOf, json, PEM, type ScriptedServer, scriptedServer } from './support.ts';

let server: ScriptedServer;

beforeEach(async () => {
  server = await scriptedServer({ tls: true });
  server.on('GET /ctia/version', json(200, { base: '/ctia' }));
});
afterEach(() => server.close());

function versionOver(options: Partial<CtiaOptions>) {
  const client = clientOf(server, options);
  onTestFinished(() => client.close());
  return client.version();
}

describe('TLS', () => {
  it.each([
    ['trusts the certificates of its own authority', { ca: PEM.cert }],
    ['towards loopback need not be verified', { verifyTls: false }],
  ])('%s', async (_, options) => {
    expect(await versionOver(options)).toEqual({ base: '/ctia' });
  });

  it('refuses an unknown certificate, without trying again', async () => {
    await expect(versionOver({})).rejects.toMatchObject({ code: 'bad-certificate', phase: 'unsent' });
    expect(server.seen).toEqual([]);
  });
});

/** A proxy that tunnels to the scripted server, whatever host is asked for. */
async function tunnel(answer = 200) {
  const asked: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(400).end());
  proxy.on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    if (answer !== 200) return socket.end(`HTTP/1.1 ${answer} No\r\n\r\n`);
    const upstream = connect(server.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on('error', () => upstream.destroy());
    return upstream;
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => proxy.close(() => resolve())));
  return { asked, host: `127.0.0.1:${(proxy.address() as AddressInfo).port}` };
}

describe('a proxy', () => {
  const far = { irohUrl: 'https://ctia.test', ctiaUrl: 'https://ctia.test', ca: PEM.cert };
  /** A name that no name server knows (RFC 6761). */
  const nowhere = { ...far, ctiaUrl: 'https://sightline.invalid', retry: { maxAttempts: 1 } };

  it('is a tunnel to the server, which is still verified', async () => {
    const { asked, host } = await tunnel();
    const proxy = { https: `http://user:pass@${host}` };
    expect(await versionOver({ ...far, proxy })).toEqual({ base: '/ctia' });
    expect(asked).toEqual([`ctia.test:443 Basic ${Buffer.from('user:pass').toString('base64')}`]);
    const other = { ...far, ctiaUrl: 'https://other.test' };
    await expect(versionOver({ ...other, proxy })).rejects.toMatchObject({ code: 'bad-certificate' });
    await expect(versionOver({ ...other, proxy, verifyTls: false })).rejects.toMatchObject({ code: 'bad-certificate' });
  });

  it('that refuses is a connection that cannot be made', async () => {
    const { asked, host } = await tunnel(407);
    const call = versionOver({ ...far, proxy: { https: `http://user:secret@${host}` } });
    await expect(call).rejects.toMatchObject({ code: 'not-connected', phase: 'unsent' });
    await expect(call).rejects.not.toThrow(/secret/);
    expect(asked).toHaveLength(6);
  });

  it.each([
    ['for loopback', { ca: PEM.cert }],
    ['for the hosts that are excepted', { ...nowhere, proxyFor: 'sightline.invalid' }],
  ])('is not used %s', async (_, { proxyFor, ...options }: Partial<CtiaOptions> & { proxyFor?: string }) => {
    const { asked, host } = await tunnel();
    const proxy = { https: `http://${host}`, ...(proxyFor === undefined ? {} : { no: proxyFor }) };
    const call = versionOver({ ...options, proxy });
    if (proxyFor === undefined) expect(await call).toEqual({ base: '/ctia' });
    else await expect(call).rejects.toMatchObject({ code: 'not-connected' });
    expect(asked).toEqual([]);
  });

  it.each(['HTTPS_PROXY', 'HTTP_PROXY'])('of the environment (%s) is not used: options are', async (name) => {
    const { asked, host } = await tunnel();
    vi.stubEnv(name, `http://${host}`);
    vi.stubEnv(name.toLowerCase(), `http://${host}`);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await expect(versionOver(nowhere)).rejects.toMatchObject({
      code: 'not-connected',
    });
    expect(asked).toEqual([]);
  });
});

it('sends nothing over a connection that comes too late', async () => {
  const slow = createNetServer((socket) => {
    socket.pause();
    setTimeout(() => {
      const upstream = connect(server.port, '127.0.0.1', () => {
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on('error', () => upstream.destroy());
      socket.on('close', () => upstream.destroy());
    }, 100);
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => slow.close(() => resolve())));
  const client = clientOf(server, {
    ctiaUrl: `https://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    ca: PEM.cert,
    timeoutMs: 50,
    retry: { maxAttempts: 1 },
  });
  await expect(client.version()).rejects.toMatchObject({ code: 'timed-out', phase: 'unsent' });
  await client.close(); // Waits until the connection stood and was given up.
  expect(server.seen).toEqual([]);
});

it('sends nothing once it is stopped', async () => {
  const pool = transport({ ca: PEM.cert });
  onTestFinished(() => pool.close());
  const request = {
    method: 'GET',
    base: baseOf('ctia', 'us', server.url),
    path: '/ctia/version',
    headers: {},
    body: null,
    timeoutMs: 10_000,
    maxAnswerBytes: 10_000,
    signal: AbortSignal.abort(),
  } as const;
  await expect(pool.exchange(request)).rejects.toMatchObject({ code: 'aborted', phase: 'unsent' });
  expect(server.seen).toEqual([]);
});

it('lets a program end when it is done, whatever the time-outs', async () => {
  const plain = await scriptedServer();
  onTestFinished(() => plain.close());
  plain.on('GET /ctia/version', json(200, { base: '/ctia' }));
  const door = join(import.meta.dirname, '..', '..', 'src', 'ctia', 'ctia.ts');
  const program = `
    import { ctiaClient } from ${JSON.stringify(door)};
    const url = ${JSON.stringify(plain.url)};
    const client = ctiaClient({ credentials: { token: 't' }, irohUrl: url, ctiaUrl: url, timeoutMs: 3_600_000 });
    console.log((await client.version()).base);
    await client.close();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  onTestFinished(() => {
    child.kill();
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(said).toBe('/ctia\n');
});

it('keeps the path of a base URL', async () => {
  server.on('GET /behind/a/proxy/ctia/version', json(200, { base: 'behind' }));
  const heard: string[] = [];
  const onExchange = ({ url }: { readonly url: string }) => heard.push(url);
  expect(await versionOver({ ctiaUrl: `${server.url}/behind/a/proxy/`, ca: PEM.cert, onExchange })).toEqual({
    base: 'behind',
  });
  expect(heard).toEqual([`${server.url}/behind/a/proxy/ctia/version`]);
});

it('keeps connections and opens no more than allowed', async () => {
  const plain = await scriptedServer();
  onTestFinished(() => plain.close());
  const ports = new Set<string>();
  plain.on('GET /ctia/version', (response) => {
    ports.add(String(response.socket?.remotePort));
    json(200, {})(response);
  });
  const client = clientOf(plain, { connections: 2 });
  onTestFinished(() => client.close());
  for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 4 }, () => client.version()));
  expect(ports.size).toBeLessThanOrEqual(2);
});
