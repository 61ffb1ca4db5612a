/**
 * ATT&CK tactics by the name that Sigma's tags give them. `stealth` and `defense-impairment` (ATT&CK 19) took the place of
 * `defense-evasion`.
 */
const TACTICS: Readonly<Record<string, string>> = {
  reconnaissance: 'TA0043',
  'resource-development': 'TA0042',
  'initial-access': 'TA0001',
  execution: 'TA0002',
  persistence: 'TA0003',
  'privilege-escalation': 'TA0004',
  'defense-evasion': 'TA0005',
  stealth: 'TA0005',
  'defense-impairment': 'TA0005',
  'credential-access': 'TA0006',
  discovery: 'TA0007',
  'lateral-movement': 'TA0008',
  collection: 'TA0009',
  exfiltration: 'TA0010',
  'command-and-control': 'TA0011',
  impact: 'TA0040',
};

/** ATT&CK technique ids of a rule's tags, upper case, each once. */
export function techniquesOf(tags: readonly string[]): readonly string[] {
  return collect(tags, (name) => (/^t\d{4}(?:\.\d{3})?$/.test(name) ? name.toUpperCase() : undefined));
}

/** ATT&CK tactic ids of a rule's tags, each once. */
export function tacticsOf(tags: readonly string[]): readonly string[] {
  return collect(tags, (name) => (/^ta\d{4}$/.test(name) ? name.toUpperCase() : TACTICS[name.replaceAll('_', '-')]));
}

function collect(tags: readonly string[], read: (name: string) => string | undefined): readonly string[] {
  const ids = new Set<string>();
  for (const tag of tags) {
    const name = tag.toLowerCase();
    const id = name.startsWith('attack.') ? read(name.slice('attack.'.length)) : undefined;
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}
