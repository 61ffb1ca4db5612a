import type { Command } from './command.ts';

export interface InitOptions {
  readonly path: string;
  readonly force: boolean;
}

/** `sightline init`: a configuration to begin with. */
export const init: Command<InitOptions> = {
  usage: 'init [path]',
  describe: 'Write a sightline.yaml that explains every setting and leaves each at its default',
  options: (yargs) =>
    yargs
      .positional('path', { type: 'string', default: 'sightline.yaml', describe: 'File to write' })
      .options({ force: { type: 'boolean', default: false, describe: 'Overwrite a file that is there' } }),
  run: async (given) => (await import('./run-init.ts')).runInit(given),
};
