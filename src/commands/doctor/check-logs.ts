import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Config } from '../../config.ts';
import type { LogLine } from '../../model/line.ts';
import { countReject, emptyTally, rejectedShare } from '../../model/tally.ts';
import { formatText, isReject, parser, suggestFormat } from '../../parse/parse.ts';
import { formatChooser } from '../../pipeline/pipeline.ts';
import { findSources, openSource, type Source } from '../../read/read.ts';
import { adviseOnStrange, describeLook, plural } from '../../report/report.ts';
import { tellSkipped } from '../run-summary.ts';
import { stageOptions } from '../stage-options.ts';
import { check, type Finding, ok, wrong } from './finding.ts';

const ADVICE = 'let the user who runs Sightline read it (group adm on Debian), and see that the path is right';
/** As many lines of a log are parsed. */
const MAX_LINES = 1000;
const MAX_SHOWN_TEXT = 120;

/** What was found out of one log: its format, or what is wrong with it and what to do. */
type LogReport = { readonly format: string } | { readonly fault: string; readonly advice: string };

type Stages = Pick<ReturnType<typeof stageOptions>, 'read' | 'format' | 'jsonFields' | 'client'>;

/** Whether each log can be opened and unpacked, and whether its first lines are of the format that a run would read it in. */
export async function checkLogs(files: readonly string[], config: Config): Promise<Finding[]> {
  if (files.length === 0) return [];
  const stages = stageOptions(config, () => ({}));
  const findings: Finding[] = [];
  for (const pattern of files) {
    findings.push(
      await check('log files', ADVICE, async () => {
        const reports: LogReport[] = [];
        for (const source of await findSources([pattern], tellSkipped)) reports.push(await reportOf(source, stages));
        const faults = reports.filter((report) => 'fault' in report);
        if (faults.length === 0) {
          const formats = new Set(reports.flatMap((report) => ('format' in report ? report.format : [])));
          return ok('log files', `${pattern}: ${reports.length} readable, format ${[...formats].join(', ')}`);
        }
        const advice = new Set(faults.map((fault) => fault.advice));
        return wrong('log files', faults.map(({ fault }) => fault).join('\n'), [...advice].join('; '));
      }),
    );
  }
  return findings;
}

async function reportOf(source: Source, { read, format: given, jsonFields, client }: Stages): Promise<LogReport> {
  const refused = await access(source.name, constants.R_OK).catch((error: Error) => error);
  if (refused instanceof Error) return { fault: `cannot read ${source.name}`, advice: ADVICE };
  const tally = emptyTally();
  const opened = await openSource(source, { ...read, onReject: (reject) => countReject(tally, reject) });
  const format = given ?? formatChooser(jsonFields)(opened.head).format;
  const parse = parser({ ...client, format });
  const take = (line: LogLine): true | undefined => {
    const parsed = parse(line);
    if (isReject(parsed)) countReject(tally, parsed);
    else tally.parsed++;
    return opened.lines >= MAX_LINES ? true : undefined;
  };
  for await (const _ of opened.map(take)) break;
  if (opened.fault !== null) {
    return { fault: `cannot read ${source.name} to its end: ${opened.fault.message}`, advice: 'get it whole again' };
  }
  if (opened.lines === opened.skipped) return { format: 'unknown (empty)' };
  const share = rejectedShare(tally);
  if (share <= 0.5) return { format: formatText(format) };
  const [{ line, code } = { line: { number: 0, text: '' }, code: '' }] = tally.firstRejects;
  return {
    fault: `${source.name}: ${(share * 100).toFixed(1)}% of its beginning (${plural(opened.lines, 'line')}) is not ${formatText(format)}; line ${line.number}, ${code}: ${line.text.slice(0, MAX_SHOWN_TEXT)}`,
    advice: adviceOf(tally.firstRejects.map((reject) => reject.line.text)),
  };
}

function adviceOf(texts: readonly string[]): string {
  const better = suggestFormat(texts);
  if (better === null) return adviseOnStrange(texts);
  const format = formatText(better.format);
  return `they look like ${describeLook({ ...better, format }, 'set logs.format (--log-format) to it')}`;
}
