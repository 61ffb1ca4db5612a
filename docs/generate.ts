import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { configSchema, ENVIRONMENT } from '../src/config.ts';

/** Makes docs/configuration.md and docs/sightline.schema.json from the configuration's schema: `npm run docs`. */

interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

export const schemaJson = `${JSON.stringify(
  { title: 'sightline.yaml', ...z.toJSONSchema(configSchema, { io: 'input' }) },
  null,
  2,
)}\n`;

const tree: SchemaNode = JSON.parse(schemaJson);

export const configurationPage = `# Configuration

Made from the schema by \`npm run docs\`; do not edit by hand.

Sightline reads \`sightline.yaml\` in the current folder when it is there, or the file named by \`--config\` or
\`SIGHTLINE_CONFIG\`. Everything has a default. Unknown keys are refused, and all faults are told at once with file, line
and column. Flags beat the environment, the environment beats the file. Durations are written \`90s\`, \`5m\`, \`1h\`.

For completion and checks in an editor, begin the file with
\`# yaml-language-server: $schema=./node_modules/sightline/docs/sightline.schema.json\`.

${Object.entries(tree.properties ?? {})
  .map(([name, node]) => section(name, node))
  .join('\n')}
## Environment

| variable | meaning |
|---|---|
${ENVIRONMENT.map(([name, meaning]) => `| \`${name.replaceAll(', ', '`, `')}\` | ${meaning} |`).join('\n')}

Secrets come from the environment or from \`deliver.credentials_file\`, never from the command line. The file holds
\`client_id=...\` and \`client_password=...\` (or JSON with these keys) and must be readable by its owner alone.
`;

function section(name: string, node: SchemaNode): string {
  const list = node.type === 'array';
  const properties = (list ? node.items?.properties : node.properties) ?? {};
  return `## \`${name}\`

${node.description ?? ''}${list ? ' A list; each entry has these keys.' : ''}

| key | default | meaning |
|---|---|---|
${Object.entries(properties)
  .map(([key, value]) => `| \`${key}\` | ${shown(value)} | ${value.description ?? ''}${choices(value)} |`)
  .join('\n')}
`;
}

function shown({ default: fallback }: SchemaNode): string {
  return fallback === undefined ? '' : `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
}

function choices({ enum: values }: SchemaNode): string {
  return values === undefined ? '' : ` One of ${values.map((value) => `\`${value}\``).join(', ')}.`;
}

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, 'configuration.md'), configurationPage);
  writeFileSync(join(import.meta.dirname, 'sightline.schema.json'), schemaJson);
}
