import { writeFile } from 'node:fs/promises';
import type { ArgumentsCamelCase } from 'yargs';
import { z } from 'zod';
import { configSchema } from '../config.ts';
import { SightlineError } from '../model/errors.ts';
import type { ExitCode } from './command.ts';
import type { InitOptions } from './init.ts';
import { print } from './print.ts';

/** Carries out `sightline init`. */
export async function runInit({ path, force }: ArgumentsCamelCase<InitOptions>): Promise<ExitCode> {
  await writeFile(path, exampleConfig(), { flag: force ? 'w' : 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EEXIST' ? 'it is there already; --force overwrites it' : cause.message;
    throw new SightlineError('not-written', `${path} was not written: ${why}`, { cause });
  });
  await print([`${path} written. Next: name your web servers under targets, then sightline doctor.`]);
  return 0;
}

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

const WIDTH = 116;
const HEAD = [
  '# yaml-language-server: $schema=./node_modules/sightline/docs/sightline.schema.json',
  '#',
  '# Everything below is at its default. To change a setting, remove the # before it and before its section.',
];

/** Every setting, commented out. Inside a section, the lines without their first # are YAML as it should be indented. */
function exampleConfig(): string {
  const tree: Node = JSON.parse(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' })));
  const sections = Object.entries(tree.properties ?? {}).flatMap(([name, node]) => ['', ...section(name, node)]);
  return `${[...HEAD, ...sections].join('\n')}\n`;
}

function section(name: string, node: Node): string[] {
  const about = comment('# ', describe(node));
  if (node.items === undefined) {
    return [...about, `#${name}:`, ...settings(node.properties)];
  }
  const keys = Object.entries(node.items.properties ?? {}).flatMap(([key, item], index) => [
    ...comment('#  # ', describe(item)),
    `#  # ${index === 0 ? '- ' : '  '}${key}:`,
  ]);
  return [...about, `#${name}: []`, ...keys];
}

function settings(properties: Node['properties'] = {}): string[] {
  return Object.entries(properties).flatMap(([key, node]) => [
    ...comment('#  # ', describe(node)),
    node.default === undefined ? `#  # ${key}:` : `#  ${key}: ${JSON.stringify(node.default)}`,
  ]);
}

function describe({ description = '', enum: choices }: Node): string {
  return choices === undefined ? description : `${description} One of ${choices.join(', ')}.`;
}

/** Prose as lines of bounded width, each after `start`. */
function comment(start: string, text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && start.length + line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].filter((it) => it !== '').map((it) => start + it);
}
