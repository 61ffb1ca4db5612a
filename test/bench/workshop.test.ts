import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { makeFlood } from '../../bench/make-flood.ts';
import { archivesOf, headOf, writeFlood, writeLog, writeRules } from '../../bench/workshop.ts';
import { loadRules } from '../../src/detect/detect.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-workshop-'));
const log = writeLog(folder, 'access.log', { lines: 500 });
const text = readFileSync(log.path, 'latin1');

afterAll(() => rmSync(folder, { recursive: true }));

it('a flood is written as it is made, and tells its lines', () => {
  const flood = writeFlood(folder, 'flood.log', { addresses: 700, seed: 3 });
  const written = readFileSync(flood.path, 'latin1');
  expect(written).toBe([...makeFlood({ addresses: 700, seed: 3 })].join(''));
  expect(flood.lines).toBe(written.split('\n').length - 1);
});

it('archives hold the log, part by part', () => {
  const { gz, zst } = archivesOf(log, join(folder, 'archives'));
  expect([gz.length, zst.length]).toEqual([8, 8]);
  expect(gz.map((file) => gunzipSync(readFileSync(file)).toString('latin1')).join('')).toBe(text);
  expect(zst.map((file) => zstdDecompressSync(readFileSync(file)).toString('latin1')).join('')).toBe(text);
});

it('a head is the beginning of the log, and the log itself when that is no longer', () => {
  const head = headOf(log, 20);
  expect(readFileSync(head.path, 'latin1')).toBe(text.split('\n').slice(0, 20).join('\n').concat('\n'));
  expect(headOf(log, 500)).toBe(log);
});

it('a folder of rules holds as many as wanted, which load alone, and all when there are no more', async () => {
  const { folder: few, rules } = writeRules(join(folder, 'few'), 40);
  expect([rules, readdirSync(few).length]).toEqual([40, 40]);
  expect((await loadRules([few])).compiled).toHaveLength(40);
  const all = writeRules(join(folder, 'all'), Number.POSITIVE_INFINITY);
  expect(all.rules).toBeGreaterThan(200);
  expect(readdirSync(all.folder)).toHaveLength(all.rules);
});
