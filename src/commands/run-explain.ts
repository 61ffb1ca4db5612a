import { styleText } from 'node:util';
import type { ArgumentsCamelCase } from 'yargs';
import { loadConfig, readEnvironment } from '../config.ts';
import { allowList } from '../correlate/correlate.ts';
import { detector, type RuleSet } from '../detect/detect.ts';
import { type LogFormat, parser } from '../parse/parse.ts';
import type { ExitCode } from './command.ts';
import { describeLine, describeUnreadable, describeWindow, type Highlight } from './explain/describe-line.ts';
import { type ExplainedLine, explainLine, isUnreadable } from './explain/explain-line.ts';
import { countWindow, feedingsOf, type WindowCount } from './explain/feeding.ts';
import { readLines } from './explain/read-lines.ts';
import { type Explained, toObject } from './explain/to-object.ts';
import type { ExplainOptions } from './explain.ts';
import { loadSomeRules } from './load-some-rules.ts';
import { print, printJson } from './print.ts';
import type { CorrelateOptions } from './rules/correlation-run.ts';
import { allowEntries, correlatorOptions, ruleFolders } from './stage-options.ts';

/** Carries out `sightline explain`. */
export async function runExplain(given: ArgumentsCamelCase<ExplainOptions>): Promise<ExitCode> {
  const config = loadConfig(given.config ?? null, readEnvironment(), [
    { place: ['logs', 'format'], value: given.logFormat, name: '--log-format' },
    { place: ['rules', 'default_rules'], value: given.defaultRules, name: '--default-rules' },
  ]);
  const { lines, format } = await readLines(given.lines.join('\n'), config);
  const rules = await loadSomeRules(ruleFolders(config.rules, given.rules));
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
  const windows = lines.length > 1 ? countWindows(rules, correlatorOptions(config.correlation), explained) : [];
  if (given.json) await printJson(toObject(explained, windows, format));
  else await show(describe(explained, windows, format, highlightOn(process.stdout)));
  return explained.some(({ result }) => isUnreadable(result)) ? 1 : 0;
}

function matchedIds({ rules }: ExplainedLine): ReadonlySet<string> {
  return new Set(rules.filter(({ matched }) => matched).map(({ rule }) => rule.id));
}

/** How far all lines together bring the correlations that some of them count for. */
function countWindows(
  rules: RuleSet,
  options: CorrelateOptions,
  explained: readonly Explained[],
): readonly WindowCount[] {
  const detect = detector(rules, { own: (entry) => entry });
  const lines = explained.flatMap(({ result }) => {
    if (isUnreadable(result) || result.allowed !== null) return [];
    return [{ entry: result.entry, hits: detect(result.entry) }];
  });
  const fed = new Map(
    explained.flatMap(({ feedings }) => feedings.map((it) => [it.correlation.rule.id, it.correlation])),
  );
  return [...fed.values()].map((correlation) => countWindow(rules, correlation, options, lines));
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
