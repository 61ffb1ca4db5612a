/**
 * Run as a process of its own: appends numbered lines to `access.log` in a folder and rotates it all the while, for some
 * milliseconds; prints the number of lines. Arguments: folder, milliseconds.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const KEPT = 40;
const LINES_PER_FILE = 400;
const [folder = '', ms = '0'] = process.argv.slice(2);
const log = join(folder, 'access.log');
const endMs = Date.now() + Number(ms);
let file = openSync(log, 'a');
let lines = 0;
let rotations = 0;

const write = () => writeSync(file, `${lines++} ${'x'.repeat(lines % 97)}\n`);

function shift(): void {
  for (let age = KEPT; age >= 1; age--) {
    for (const ending of ['', '.gz']) {
      const name = `${log}.${age}${ending}`;
      if (existsSync(name)) renameSync(name, `${log}.${age + 1}${ending}`);
    }
  }
}

function rotate(): void {
  shift();
  if (rotations++ % 2 === 0) {
    renameSync(log, `${log}.1`);
    for (let late = 0; late < 3; late++) write();
    closeSync(file);
    file = openSync(log, 'a');
  } else {
    copyFileSync(log, `${log}.1`);
    ftruncateSync(file);
  }
  const name = `${log}.${1 + (rotations % 3)}`;
  if (!existsSync(name)) return;
  writeFileSync(`${name}.gz`, gzipSync(readFileSync(name)));
  rmSync(name);
}

while (Date.now() < endMs) {
  for (let i = 0; i < 20; i++) write();
  if (lines % LINES_PER_FILE < 20) rotate();
  await sleep(2);
}
process.stdout.write(String(lines));
