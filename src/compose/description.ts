import type { Evidence, Incident, Outcome, Promotion, RuleTotal, Target, Telltale } from '../model/incident.ts';
import { LEVELS, rankOf } from '../model/rule.ts';
import { type Corroboration, severityOf } from './grade.ts';
import { layOut } from './layout.ts';
import { code, decodeLine, prose } from './neutral.ts';
import { nextSteps } from './next-steps.ts';
import { perRule } from './per-rule.ts';
import { countOf, toClock, toDuration, toSpan } from './timestamp.ts';

/** CTIM's limit of a description is 5000 UTF-16 units; nobody reads the end of a long list. */
const LIMITS = { maxUnits: 5000, maxItems: 12 };
/** Bounds of what is quoted, before Markdown is added. */
const MAX = { title: 120, name: 80, path: 120, line: 240 };

const OUTCOME: Readonly<Record<Exclude<Outcome, 'success'>, string>> = {
  refused: 'The web server refused these requests.',
  attempt: 'The log does not show whether any of these attempts succeeded.',
};

const OUTCOME_OF_RULE: Readonly<Record<Outcome, string>> = {
  success: 'probable success',
  refused: 'refused',
  attempt: 'attempt',
};

const bold = perRule((rule) => `**${prose(rule.title, MAX.title)}**`);

const tellFalsePositives = perRule((rule) => rule.falsepositives.map((it) => `${bold(rule)}: ${prose(it, MAX.line)}`));

/**
 * An incident told to the person who has to deal with it, in the Markdown that Cisco XDR shows. Whatever came from the
 * log stands in code spans.
 */
export function describeIncident(incident: Incident, corroboration: Corroboration): string {
  const { attacker, rules, targets, samples } = incident;
  const more = rules.length > 1 ? ` and ${rules.length - 1} more` : '';
  const title = `${prose(rules[0]?.rule.title ?? 'Web attack', MAX.title)}${more} from ${code(attacker.key, MAX.name)}`;
  const why = [tellWhy(incident), tellSeverity(incident), tellConfidence(corroboration)];
  const steps = nextSteps(incident).map((step) => `- ${step}`);
  return layOut(
    title,
    [
      { heading: null, paragraphs: [tellOutcome(incident), tellWhatHappened(incident)], items: [] },
      { heading: 'Why this is an incident', paragraphs: why, items: [] },
      { heading: 'Rules', paragraphs: [], items: rules.map(tellRule) },
      { heading: 'Targets', paragraphs: [], items: targets.map(tellTarget) },
      { heading: 'Time line', paragraphs: [], items: tellTimes(rules) },
      { heading: 'Evidence', paragraphs: [], items: samples.map(({ line }) => tellEvidence(line)) },
      { heading: 'What to do next', paragraphs: [steps.join('\n')], items: [] },
      {
        heading: 'Known false positives',
        paragraphs: [],
        items: rules.flatMap(({ rule }) => tellFalsePositives(rule)),
      },
    ],
    LIMITS,
  );
}

function tellOutcome({ outcome, rules }: Incident): string {
  if (outcome !== 'success') return OUTCOME[outcome];
  const shown = rules.find(({ telltale }) => telltale !== undefined);
  const what =
    shown?.telltale === undefined
      ? 'at least one of these requests was answered as if it had worked'
      : `a request that matched ${bold(shown.rule)} was ${tellAnswer(shown.telltale)}`;
  return `**Probable success:** ${what}. Look into this one first.`;
}

function tellAnswer({ status, bytes, ordinary }: Telltale): string {
  const answer = `answered ${status} with ${inBytes(bytes)} bytes`;
  if (ordinary === null) return `${answer}, where this site answers 404 to other such requests`;
  const [min, max] = [inBytes(ordinary.min), inBytes(ordinary.max)];
  return `${answer}, where this path ordinarily answers ${min === max ? min : `${min} to ${max}`}`;
}

/** `12,345`. To load what Intl knows of languages would take longer than all the rest of composing. */
function inBytes(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

function tellWhatHappened({ attacker, first, last, rules, hits, targets }: Incident): string {
  const hosts = new Set(targets.map(({ host }) => host)).size;
  const addresses = attacker.addresses.length > 1 ? ` (${attacker.addresses.length} addresses of this network)` : '';
  const span =
    last - first < 1000 ? `At ${toClock(first)}` : `Within ${toDuration(last - first)} from ${toClock(first)}`;
  return (
    `${span}, requests of ${code(attacker.key, MAX.name)}${addresses} to ${countOf(hosts, 'web site')} ` +
    `matched ${countOf(rules.length, 'rule')}, ${countOf(hits, 'match', 'es')} in all.`
  );
}

function tellWhy({ promotion, rules, score }: Incident): string {
  const why: Readonly<Record<Promotion, () => string>> = {
    success: () => {
      const decisive = rules.find(({ outcome }) => outcome === 'success');
      return `A request probably succeeded${named(decisive)}: one that does is enough.`;
    },
    level: () => {
      const decisive = rules.find(({ rule }) => rankOf(rule.level) >= rankOf('high'));
      return `A rule of level high or critical matched${named(decisive)}: one such match is enough.`;
    },
    correlation: () => {
      const decisive = rules.find(({ rule }) => rule.kind === 'correlation');
      return `A correlation over several requests fired${named(decisive)}.`;
    },
    score: () => `No match is decisive alone, but together they amount to ${score} points of suspicion.`,
  };
  return why[promotion]();
}

function named(total: RuleTotal | undefined): string {
  return total === undefined ? '' : ` (${bold(total.rule)})`;
}

function tellSeverity({ level, rules }: Incident): string {
  const highest = LEVELS[Math.max(0, ...rules.map(({ rule }) => rankOf(rule.level)))] ?? level;
  const isRaised = rankOf(level) > rankOf(highest);
  const reason = isRaised ? `raised from ${severityOf(highest)}, the highest level` : 'the highest level';
  return `Severity is **${severityOf(level)}**, ${reason} of its rules.`;
}

function tellConfidence({ confidence, signs }: Corroboration): string {
  const reason = signs.length === 0 ? 'nothing corroborates the match yet' : signs.join('; ');
  return `Confidence is **${confidence}**: ${reason}.`;
}

function tellRule({ rule, count, outcome }: RuleTotal): string {
  const kind = rule.kind === 'correlation' ? ', correlation' : '';
  return `${bold(rule)}: ${severityOf(rule.level)}${kind}, ${countOf(count, 'match', 'es')}, ${OUTCOME_OF_RULE[outcome]}`;
}

function tellTarget({ host, source, first, last }: Target): string {
  const name = host === null ? 'site not logged' : code(host, MAX.name);
  return `${name}, logged in ${code(source, MAX.path)}, ${toSpan(first, last)}`;
}

function tellTimes(rules: readonly RuleTotal[]): string[] {
  return rules
    .toSorted((a, b) => a.first - b.first)
    .map(({ rule, first, last }) => {
      const until = last - first < 1000 ? '' : `, again until ${toClock(last)}`;
      return `${toClock(first)}: ${bold(rule)}${until}`;
    });
}

function tellEvidence({ source, line, text }: Evidence): string {
  return `${code(source, MAX.path)}, line ${line}: ${code(decodeLine(text), MAX.line)}`;
}
