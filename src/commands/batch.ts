import type { Argv } from 'yargs';
import { SightlineError } from '../model/errors.ts';
import type { Command } from './command.ts';

export interface BatchOptions {
  readonly files: readonly string[];
  readonly 'log-format': string | undefined;
  readonly rules: readonly string[];
  readonly 'default-rules': boolean | undefined;
  readonly config: string | undefined;
  readonly target: readonly string[];
  readonly 'dry-run': boolean;
  readonly pretty: boolean;
  readonly out: string | undefined;
  readonly hits: string | undefined;
  readonly rejects: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly region: string | undefined;
  readonly route: string | undefined;
  readonly credentials: string | undefined;
  readonly quiet: boolean;
  readonly progress: boolean;
}

/** `sightline batch`: whole files, archives and standard input, once. */
export const batch: Command<BatchOptions> = {
  usage: 'batch <files...>',
  describe: 'Read whole logs (plain, .gz, .zst, - for standard input) and deliver the incidents found',
  options,
  async run(given) {
    const { runBatchCommand } = await import('./run-batch.ts');
    return runBatchCommand(given);
  },
};

function options(yargs: Argv): Argv<BatchOptions> {
  return yargs
    .positional('files', { type: 'string', array: true, demandOption: true, describe: 'Files, globs, or -' })
    .options({
      'log-format': {
        type: 'string',
        describe: 'auto, common, combined, vhost_combined, combinedio, json, or an Apache LogFormat string',
        requiresArg: true,
      },
      rules: {
        type: 'string',
        array: true,
        default: [],
        nargs: 1,
        describe: 'Folder of Sigma rules besides the default ones (repeatable)',
      },
      'default-rules': { type: 'boolean', describe: 'Use the rules that come along (--no-default-rules: only yours)' },
      config: {
        type: 'string',
        requiresArg: true,
        describe: 'Configuration file (default: ./sightline.yaml if there)',
      },
      target: {
        type: 'string',
        array: true,
        default: [],
        nargs: 1,
        describe: 'A fact about the web server: hostname=, ip=, mac= or os= (repeatable)',
      },
      'dry-run': { type: 'boolean', default: false, describe: 'Print the bundles instead of sending them' },
      pretty: { type: 'boolean', default: false, describe: 'Indent the printed bundles' },
      out: { type: 'string', requiresArg: true, describe: 'Write the bundles to this file instead of sending them' },
      hits: { type: 'string', requiresArg: true, describe: 'Write every detected line to this file, as JSON Lines' },
      rejects: {
        type: 'string',
        requiresArg: true,
        describe: 'Write lines that do not parse to this file, as JSON Lines',
      },
      since: {
        type: 'string',
        requiresArg: true,
        describe: 'Only requests from this time on (ISO 8601, UTC if no zone)',
      },
      until: { type: 'string', requiresArg: true, describe: 'Only requests before this time' },
      region: { type: 'string', requiresArg: true, describe: 'Region of the XDR tenant: us, eu or apjc' },
      route: { type: 'string', requiresArg: true, describe: 'direct (CTIA) or iroh (private-intel route)' },
      credentials: { type: 'string', requiresArg: true, describe: 'File with client id and password' },
      quiet: { type: 'boolean', alias: 'q', default: false, describe: 'No summary and no progress' },
      progress: { type: 'boolean', default: true, describe: 'Progress bar on a terminal (--no-progress: none)' },
    })
    .example('$0 batch access.log --dry-run', 'Print the bundles of one log')
    .example("$0 batch 'archive/*.log.gz' --dry-run --hits hits.jsonl", 'Scan archives, keep every detected line')
    .example('zcat old.gz | $0 batch - --log-format vhost_combined --out incidents.jsonl', 'From a pipe into a file')
    .example('$0 batch access.log --target hostname=www.example.org --target ip=192.0.2.10', 'Send to the XDR tenant')
    .check(({ pretty, 'dry-run': dryRun, out }) => {
      if (dryRun && out !== undefined) throw new SightlineError('usage', '--dry-run and --out exclude each other');
      if (pretty && !dryRun && out === undefined) {
        throw new SightlineError('usage', '--pretty goes with --dry-run or --out');
      }
      return true;
    });
}
