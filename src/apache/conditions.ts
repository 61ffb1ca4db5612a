import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';

/** What a condition of the configuration may ask for. */
export interface Known {
  /** Identifiers and source files, as `<IfModule>` names them. */
  readonly modules: ReadonlySet<string>;
  readonly defines: { has(name: string): boolean };
  readonly serverRoot: string;
}

/** Modules that any server with access logs has, compiled in or loaded somewhere else. */
const ALWAYS = ['core', 'http', 'so', 'unixd', 'log_config', 'logio', 'version', 'watchdog'];
/** The version that `<IfVersion>` is answered with: the newest of the 2.4 series. */
const VERSION = [2, 4, 99];

export const FIRST_MODULES: readonly string[] = ['core.c', 'http_core.c', ...ALWAYS.flatMap((it) => namesOf(it))];

/** All names of a module that is loaded: `ssl_module` from `modules/mod_ssl.so` is `mod_ssl.c`, too. */
export function moduleNames(identifier: string, file: string): string[] {
  const name = identifier.replace(/_module$/, '');
  return [identifier, `${basename(file, '.so')}.c`, ...namesOf(name), `${name.replace(/^mpm_/, '')}.c`];
}

function namesOf(name: string): string[] {
  return [`${name}_module`, `mod_${name}.c`];
}

/**
 * Whether the lines of a section count; null where only the server itself can tell. Sections that are no conditions on
 * the configuration (`<Directory>`, `<If>`) always count.
 */
export function holds(section: string, argument: string, { modules, defines, serverRoot }: Known): boolean | null {
  const negated = argument.startsWith('!');
  const name = argument.slice(negated ? 1 : 0).trim();
  switch (section) {
    case 'ifmodule':
      return modules.has(name) !== negated;
    case 'ifdefine':
      return defines.has(name) !== negated;
    case 'iffile':
      return existsSync(resolve(serverRoot, name.replace(/^"(.*)"$/, '$1'))) !== negated;
    case 'ifversion':
      return isVersion(argument);
    case 'ifdirective':
    case 'ifsection':
      return null;
    default:
      return true;
  }
}

/** `>= 2.4`, `!< 2.4.1`, `2.4`; null for a regular expression. */
function isVersion(argument: string): boolean | null {
  const match = /^(!?)(=|==|>|>=|<|<=)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(argument);
  if (match === null) return null;
  const [, not, operator = '=', ...parts] = match;
  const order = VERSION.map((own, index) => own - Number(parts[index] ?? 0)).find((it) => it !== 0) ?? 0;
  const answers: Readonly<Record<string, boolean>> = {
    '>': order > 0,
    '>=': order >= 0,
    '<': order < 0,
    '<=': order <= 0,
  };
  return (answers[operator] ?? order === 0) !== (not === '!');
}
