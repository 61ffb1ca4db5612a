import { Readable } from 'node:stream';
import { styleText } from 'node:util';
import type { ArgumentsCamelCase } from 'yargs';
import { type Config, loadConfig, readEnvironment } from '../config.ts';
import { allowList } from '../correlate/correlate.ts';
import { detector, loadRules, type RuleSet } from '../detect/detect.ts';
import { SightlineError } from '../model/errors.ts';
import type { LogLine } from '../model/line.ts';
import { chooseFormat, findFormat, type LogFormat, parser } from '../parse/parse.ts';
import { openSource } from '../read/read.ts';
import type { ExitCode } from './command.ts';
import { describeLine, describeUnreadable, describeWindow, type Highlight } from './explain/describe-line.ts';
import { type ExplainedLine, explainLine, isUnreadable, type Unreadable } from './explain/explain-line.ts';
import { countWindow, type Feeding, feedingsOf, type WindowCount } from './explain/feeding.ts';
import type { ExplainOptions } from './explain.ts';
import { print, printJson } from './print.ts';
import { allowEntries, ruleFolders } from './stage-options.ts';

/** Each line is held against every rule without a short cut, and all that is found is told. */
const MAX_LINES = 1000;

/** A line with the correlations that it counts for. */
interface Explained {
  readonly result: ExplainedLine | Unreadable;
  readonly feedings: readonly Feeding[];
}

/** Carries out `sightline explain`. */
export async function runExplain(given: ArgumentsCamelCase<ExplainOptions>): Promise<ExitCode> {
  const config = loadConfig(given.config ?? null, readEnvironment(), [
    { place: ['logs', 'format'], value: given.logFormat, name: '--log-format' },
    { place: ['rules', 'default_rules'], value: given.defaultRules, name: '--default-rules' },
  ]);
  const { lines, format } = await readLines(given.lines.join('\n'), config);
  const rules = await loadRules(ruleFolders(config.rules, given.rules));
  const tools = {
    parse: parser({ format, trustedProxies: config.logs.trusted_proxies }),
    rules,
    allowed: allowList(allowEntries(config.allow)),
  };
  const explained = lines.map((line): Explained => {
    const result = explainLine(line, tools);
    const counts = !isUnreadable(result) && result.allowed === null;
    return { result, feedings: counts ? feedingsOf(rules, result.entry, matchedIds(result)) : [] };
  });
  const windows = lines.length > 1 ? countWindows(rules, explained) : [];
  if (given.json) await printJson(toObject(explained, windows, format));
  else await show(describe(explained, windows, format, highlightOn(process.stdout)));
  return explained.some(({ result }) => isUnreadable(result)) ? 1 : 0;
}

/** The lines given, and the format of the configuration or else the one that fits them best. */
async function readLines(text: string, { logs }: Config): Promise<{ lines: LogLine[]; format: LogFormat }> {
  const lines: LogLine[] = [];
  const source = await openSource(
    { name: '-', sizeBytes: null },
    {
      maxLineBytes: logs.max_line_bytes,
      onReject: ({ line, code }) => {
        throw new SightlineError('usage', `line ${line.number} has ${line.length} bytes and is ${code}`);
      },
      stdin: text === '' || text === '-' ? process.stdin : Readable.from([Buffer.from(text)]),
    },
  );
  for await (const line of source.map((found) => found)) {
    if (lines.push(line) > MAX_LINES) {
      throw new SightlineError('usage', `expected at most ${MAX_LINES} lines to explain; batch reads whole logs`);
    }
  }
  if (source.fault !== null) throw new SightlineError('usage', `cannot read the lines: ${source.fault.message}`);
  if (lines.length === 0) throw new SightlineError('usage', 'expected a log line, got nothing but blanks');
  const format = logs.format === 'auto' ? chooseFormat(source.head).format : findFormat(logs.format, logs.json_fields);
  return { lines, format: format.name === 'json' ? findFormat('json', logs.json_fields) : format };
}

function matchedIds({ rules }: ExplainedLine): ReadonlySet<string> {
  return new Set(rules.filter(({ matched }) => matched).map(({ rule }) => rule.id));
}

/** How far all lines together bring the correlations that some of them count for. */
function countWindows(rules: RuleSet, explained: readonly Explained[]): readonly WindowCount[] {
  const detect = detector(rules, { own: (entry) => entry });
  const lines = explained.flatMap(({ result }) => {
    if (isUnreadable(result) || result.allowed !== null) return [];
    return [{ entry: result.entry, hits: detect(result.entry) }];
  });
  const fed = new Map(
    explained.flatMap(({ feedings }) => feedings.map((it) => [it.correlation.rule.id, it.correlation])),
  );
  return [...fed.values()].map((correlation) => countWindow(rules, correlation, lines));
}

function describe(
  explained: readonly Explained[],
  windows: readonly WindowCount[],
  format: LogFormat,
  highlight: Highlight,
): string[] {
  return [
    ...explained.flatMap(({ result, feedings }) =>
      isUnreadable(result) ? describeUnreadable(result, format) : describeLine(result, feedings, highlight),
    ),
    ...(windows.length === 0 ? [] : ['All lines together:', ...windows.map(describeWindow)]),
  ];
}

/** Colour where the terminal has it; a file or a pipe gets carets. */
function highlightOn(out: NodeJS.WriteStream): Highlight {
  return out.isTTY && out.hasColors() ? (text) => styleText(['bold', 'red'], text, { validateStream: false }) : null;
}

/** Lines come made safe; `print` would take our own colours for an attack. */
async function show(lines: readonly string[]): Promise<void> {
  if (highlightOn(process.stdout) === null) await print(lines);
  else process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

function toObject(explained: readonly Explained[], windows: readonly WindowCount[], format: LogFormat): object {
  return {
    format: format.directive ?? format.name,
    lines: explained.map(({ result, feedings }) => {
      if (isUnreadable(result)) {
        const { line, code, better } = result;
        return {
          number: line.number,
          text: line.text,
          rejected: code,
          better: better?.directive ?? better?.name ?? null,
        };
      }
      const { entry, fields, rules, allowed } = result;
      const { line, time, ...facts } = entry;
      return {
        number: line.number,
        text: line.text,
        entry: { time: new Date(time).toISOString(), ...facts },
        fields,
        rules: rules.map(({ rule, ...rest }) => ({ ...nameOf(rule), ...rest })),
        allowed,
        correlations: feedings.map(({ correlation, ...rest }) => ({ ...nameOf(correlation.rule), ...rest })),
      };
    }),
    windows: windows.map(({ correlation, ...rest }) => {
      const { rule, type, condition, timespanMs } = correlation;
      return { ...nameOf(rule), type, condition, timespanMs, ...rest };
    }),
  };
}

function nameOf({ id, title, level, path }: ExplainedLine['rules'][number]['rule']): object {
  return { id, title, level, path };
}
