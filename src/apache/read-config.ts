import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type Fault, SightlineError } from '../model/errors.ts';
import { addressesOf } from './addresses.ts';
import { APACHE_BOUNDS, type ApacheBounds } from './bounds.ts';
import { FIRST_MODULES, holds, moduleNames } from './conditions.ts';
import { type ConfigLine, configLines, type Place } from './config-lines.ts';
import { contentsOf, isRefusal } from './contents.ts';
import { readEnvvars } from './envvars.ts';
import { includedPaths } from './include-paths.ts';
import { type ApacheServer, planLogs, type ServerDraft, serverDraft } from './log-plan.ts';
import { applyMacro, type Macro } from './macros.ts';
import { replaceWithin } from './replace-within.ts';
import { wordsOf } from './words.ts';

/**
 * Goes through a configuration as Apache 2.4 does: in one pass, in which each directive that steers the reading takes
 * effect where it stands. Long for the table of directives.
 */

export interface ApacheConfig {
  /** The main server first, then the virtual hosts in the order of their sections. */
  readonly servers: readonly ApacheServer[];
  /** What could not be read or understood, with its place. */
  readonly warnings: readonly Fault[];
}

/** `</IfModule>`, `<IfModule !ssl_module>`; the argument goes up to the last bracket. */
const SECTION = /^<(\/?)([a-z]\w*)\s*(.*)$/is;
const VARIABLE = /\$\{[^}:]+\}/g;
const MAX_ENVVARS_BYTES = 1024 * 1024;

/** A section of which the lines do not count (now): they are skipped, or kept as a macro. */
interface Aside {
  readonly section: string;
  depth: number;
  readonly kept: ConfigLine[] | null;
}

/**
 * Reads the configuration at `path` and all that it includes. Nothing is run, and no shell is asked: variables come from
 * `Define` and from the file `envvars` beside the configuration, as in Debian.
 *
 * @throws SightlineError `no-config` if the file itself cannot be read
 */
export function readApacheConfig(path: string, given: Partial<ApacheBounds> = {}): ApacheConfig {
  const bounds = { ...APACHE_BOUNDS, ...given };
  const file = resolve(path);
  const variables = environmentBeside(file);
  // Debian's start script passes these on.
  const options = (variables.get('APACHE_ARGUMENTS') ?? '').matchAll(/-D\s*(\w+)/g);
  const defines = new Set([...options].map(([, name = '']) => name));
  const modules = new Set(FIRST_MODULES);
  const macros = new Map<string, Macro>();
  const main = serverDraft();
  const hosts: ServerDraft[] = [];
  let server = main;
  let serverRoot = dirname(file);
  let filesLeft = bounds.maxFiles;
  let bytesLeft = bounds.maxBytes;
  /** Files and macros that are being read, the innermost last. */
  const open: string[] = [];
  const warnings: Fault[] = [];
  let untold = 0;

  function warn(place: Place, message: string): void {
    if (warnings.length < bounds.maxWarnings) warnings.push({ ...placeOf(place), message });
    else untold++;
  }

  /** Each word with the values of its variables; one that is not known stays as it is written. */
  function expand(line: ConfigLine, words: readonly string[]): string[] {
    const standIn = (match: string): string => {
      const value = variables.get(match.slice(2, -1));
      if (value === undefined) warn(line, `the variable ${match} is not defined`);
      return value ?? match;
    };
    return words.map((word) => {
      const value = replaceWithin(word, VARIABLE, standIn, bounds.maxLineLength);
      if (value === null) warn(line, 'its variables make it too long: they were left as they are');
      return value ?? word;
    });
  }

  /** @param format - null: the default one */
  function log(line: ConfigLine, [destination, format, condition]: readonly (string | null)[], global: boolean): void {
    if (destination == null || format === undefined) warn(line, 'expected a file or a pipe, and a format');
    else server.logs.push({ destination, format, conditional: condition != null, global, place: placeOf(line) });
  }

  /** What is said here of each directive that matters; all others are passed over. */
  const directives = new Map<string, (line: ConfigLine, words: readonly string[]) => void>(
    Object.entries({
      serverroot: (_, [folder = serverRoot]) => {
        serverRoot = resolve(dirname(file), folder);
      },
      define(line, [name = '', value]) {
        defines.add(name);
        if (value === undefined) return;
        if (value.length <= bounds.maxLineLength) variables.set(name, value);
        else warn(line, `the value of ${name} is too long`);
      },
      undefine(_, [name = '']) {
        defines.delete(name);
        variables.delete(name);
      },
      loadmodule(_, [identifier = '', module = '']) {
        for (const name of moduleNames(identifier, module)) modules.add(name);
      },
      include: (line, [pattern = '']) => include(line, pattern, true),
      includeoptional: (line, [pattern = '']) => include(line, pattern, false),
      use(line, [name = '', ...values]) {
        const macro = macros.get(name.toLowerCase());
        if (macro === undefined) warn(line, `the macro ${name} is not defined`);
        else
          enter(line, `the macro ${name.toLowerCase()}`, () =>
            counted(applyMacro(macro, values, bounds.maxLineLength)),
          );
      },
      listen: (_, [address = '']) => main.addresses.push(...addressesOf([address])),
      servername(_, [name = '']) {
        server.name = name;
      },
      serveralias: (_, names) => server.aliases.push(...names.map((name) => name.toLowerCase())),
      logformat(_, [format = '', nickname]) {
        if (nickname === undefined) server.defaultFormat = format;
        else server.formats.set(nickname, format);
      },
      customlog: (line, words) => log(line, words, false),
      globallog: (line, words) => log(line, words, true),
      transferlog: (line, [destination = null]) => log(line, [destination, null], false),
    }),
  );

  function include(line: ConfigLine, pattern: string, required: boolean): void {
    const whole = isAbsolute(pattern) ? pattern : join(serverRoot, pattern);
    const paths = pattern === '' ? [] : attempt(line, () => includedPaths(whole));
    if (required && paths?.length === 0) warn(line, `there is no file ${pattern}`);
    for (const found of paths ?? []) enter(line, found, () => fileLines(line, found));
  }

  /** Goes into a file or a macro, unless it is in it already or that leads too deep. */
  function enter(line: ConfigLine, name: string, linesOf: () => Iterable<ConfigLine>): void {
    if (open.includes(name)) warn(line, `${name} includes itself`);
    else if (open.length >= bounds.maxDepth) warn(line, `${name} was left out: too many files within each other`);
    else {
      open.push(name);
      readAll(linesOf());
      open.pop();
    }
  }

  function fileLines(line: ConfigLine, name: string): Iterable<ConfigLine> {
    if (--filesLeft < 0) {
      warn(line, `${name} was left out: more than ${bounds.maxFiles} files`);
      return [];
    }
    const contents = attempt(line, () => contentsOf(name, bytesLeft)) ?? '';
    bytesLeft -= contents.length;
    return configLines(name, contents);
  }

  function* counted(lines: Iterable<ConfigLine>): Generator<ConfigLine> {
    for (const line of lines) {
      bytesLeft -= line.text.length;
      if (bytesLeft < 0) return warn(line, `what follows was left out: more than ${bounds.maxBytes} bytes`);
      yield line;
    }
  }

  /** Null, and a warning, when the system refuses. */
  function attempt<Result>(place: Place, work: () => Result): Result | null {
    try {
      return work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      warn(place, error.message);
      return null;
    }
  }

  function readAll(lines: Iterable<ConfigLine>): void {
    let aside: Aside | null = null;
    for (const line of lines) {
      if (line.text.length > bounds.maxLineLength) {
        warn(line, `the line was left out: longer than ${bounds.maxLineLength} characters`);
        continue;
      }
      const [, closing, name, rest = ''] = SECTION.exec(line.text) ?? [];
      const section = name?.toLowerCase();
      if (aside !== null) {
        if (section === aside.section) aside.depth += closing === '/' ? -1 : 1;
        if (aside.depth === 0) aside = null;
        else aside.kept?.push(line);
      } else if (section === undefined) follow(line);
      else if (closing === '/') leaveSection(section);
      else aside = enterSection(line, section, rest.slice(0, rest.lastIndexOf('>')).trim());
    }
  }

  function follow(line: ConfigLine): void {
    const [name = '', ...words] = wordsOf(line.text);
    const directive = directives.get(name.toLowerCase());
    directive?.(line, expand(line, words));
  }

  function enterSection(line: ConfigLine, section: string, argument: string): Aside | null {
    if (section === 'macro') {
      const [name = '', ...parameters] = wordsOf(argument);
      const kept: ConfigLine[] = [];
      macros.set(name.toLowerCase(), { parameters, lines: kept });
      return { section, depth: 1, kept };
    }
    if (section === 'virtualhost') {
      server = serverDraft();
      server.addresses.push(...addressesOf(expand(line, wordsOf(argument))));
      hosts.push(server);
      return null;
    }
    const answer = holds(section, argument, { modules, defines, serverRoot });
    if (answer === null) warn(line, `only Apache itself can tell whether <${section}> holds: read as if it did`);
    return answer === false ? { section, depth: 1, kept: null } : null;
  }

  function leaveSection(section: string): void {
    if (section === 'virtualhost') server = main;
  }

  const contents = contentsOrFail(file, bounds.maxBytes);
  bytesLeft -= contents.length;
  open.push(file);
  readAll(configLines(file, contents));
  if (untold > 0) warnings.push({ path: file, line: 0, col: 0, message: `${untold} more warnings` });
  return { servers: planLogs(main, hosts, serverRoot), warnings };
}

function placeOf({ path, line, col }: Place): Place {
  return { path, line, col };
}

function environmentBeside(file: string): Map<string, string> {
  const folder = dirname(file);
  const given = new Map([['APACHE_CONFDIR', folder]]);
  const envvars = join(folder, 'envvars');
  return existsSync(envvars) ? readEnvvars(contentsOrFail(envvars, MAX_ENVVARS_BYTES), given) : given;
}

function contentsOrFail(path: string, maxBytes: number): string {
  try {
    return contentsOf(path, maxBytes);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new SightlineError('no-config', `the configuration of Apache: ${error.message}`, { cause: error });
  }
}
