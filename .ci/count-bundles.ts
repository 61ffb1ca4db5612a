import { createInterface } from 'node:readline';

/** Fails unless standard input holds bundles, one JSON object a line. */
let bundles = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (JSON.parse(line).type !== 'bundle') throw new Error(`not a bundle: ${line.slice(0, 100)}`);
  bundles++;
}
if (bundles === 0) throw new Error('npm start printed no bundle');
console.log(`npm start printed ${bundles} bundles`);
