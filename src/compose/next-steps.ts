import type { Incident } from '../model/incident.ts';
import { toClock } from './timestamp.ts';

/** Advice that goes with an ATT&CK technique, its sub-techniques included. */
const BY_TECHNIQUE: Readonly<Record<string, string>> = {
  T1110: 'See whether a log-in from this address succeeded; if one did, end its sessions and reset the password.',
  T1505: 'Search the web roots for scripts that do not belong there.',
  T1552: 'Treat every secret in the files that were served as known to the attacker, and replace it.',
  T1499: 'Check the load of the servers at that time, and limit the rate of requests.',
};

/** What the reader should do, most urgent first, in plain sentences without log text. */
export function nextSteps({ outcome, first, rules }: Incident): string[] {
  const techniques = new Set(rules.flatMap(({ rule }) => rule.techniques.map((it) => it.split('.')[0] ?? it)));
  const special = Object.entries(BY_TECHNIQUE).flatMap(([technique, step]) =>
    techniques.has(technique) ? [step] : [],
  );
  const success =
    'Check the servers for what the requests may have left behind since ' +
    `${toClock(first)}: new or changed files, unknown processes and accounts, outgoing connections.`;
  return [
    ...(outcome === 'success' ? [success] : []),
    ...special,
    'Compare the quoted requests with the logs of the application; the sightings name file, line and checksum of each.',
    ...(outcome === 'refused' ? [] : ['Make sure that what the requests were aimed at is patched, or not there.']),
    'Block or slow down the address; if it is your own scanner or monitor, put it on the allow-list.',
  ];
}
