import { request } from 'node:http';
import { expect, it } from 'vitest';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import { testSandbox } from '../support.ts';

/** `fetch` sets the host itself, so this goes below it. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

it.each([
  ['127.0.0.1:8443', 200],
  ['localhost', 200],
  ['[::1]:8443', 200],
  ['attacker.example', 421],
  ['127.0.0.1.attacker.example', 421],
])('under the name %s a browser gets %i', async (host, status) => {
  const { url } = await testSandbox();
  expect(await statusFor(`${url}/`, host)).toBe(status);
});

it('listens on loopback', async () => {
  expect((await testSandbox()).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

it('says when the port is taken', async () => {
  const { url } = await testSandbox();
  const port = Number(new URL(url).port);
  await expect(openSandbox({ port })).rejects.toThrow(expect.objectContaining({ code: 'port-in-use' }));
});
