/** Run as a process of its own: reads its standard input and prints what came of it as one line of JSON. */
import { openSource } from '../../src/read/read.ts';

const rejected: number[] = [];
const open = await openSource(
  { name: '-', sizeBytes: null },
  { maxLineBytes: 1000, onReject: ({ line }) => rejected.push(line.length) },
);
const lines: string[] = [];
for await (const text of open.map((line) => line.text)) lines.push(text);
const { shape, head, fault, bytes } = open;
process.stdout.write(JSON.stringify({ shape, head, lines, rejected, fault: fault?.code ?? null, bytes }));
