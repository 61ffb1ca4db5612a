/** Rules over every field and modifier, as a rule folder would have them. */
export const SAMPLE_RULES = [
  ...rows('cs-uri-query', [
    'contains: union select',
    'contains: /etc/passwd',
    "startswith: 'cmd='",
    "endswith: '.bak'",
  ]),
  ...rows('cs-uri-query', [
    'contains|all: [union, select]',
    "contains: '%25'",
    "re: '<[a-zſ]+>'",
    "re|i: 'union\\s+select'",
  ]),
  ...rows('cs-uri-stem', ['contains: ../', "endswith: '.php'", "contains: '//'", "re: '^/[a-z]$'"]),
  ...rows('x-query-value', [
    'startswith: x',
    "contains: '<script'",
    "endswith: '>'",
    'sqli: true',
    "re: '.{12}'",
    'contains: select',
  ]),
  ...rows('x-query-name', ['contains: union', "startswith: '$_post'", "endswith: ' '"]),
  ...rows('x-input', ["contains: 'or 1=1'", 'xss: true', "contains: 'in'", 'contains: kelvin', "contains: '; '"]),
  ...rows('x-path-segment', ['startswith: shell', "contains: '<'", "endswith: '.bak'"]),
  ...rows('c-uri-extension', ['startswith: php', "contains: '%'"]),
  ...rows('x-request', ["contains: ' http/1.1'", "endswith: '/1.1'", "startswith: 'post /'"]),
  ...rows('cs-user-agent', [
    'startswith: sqlmap',
    "endswith: ')'",
    "contains: '\\\\'",
    "re: 'curl/[0-9]'",
    'cased|contains: Linux',
  ]),
  ...rows('cs-referer', ["contains: 'q=a b'", "endswith: '<script>'", "startswith: 'https://www'"]),
  ...rows('cs-username', ['contains: "\' or"', 'startswith: x']),
  ...rows('cs-cookie', ['contains: select', "startswith: '='"]),
  ...rows('keywords', ['union select', 'passwd" 404', 'KELVIN', 'a b']),
  ...rows('x-line', ["contains: 'http/1.1\" 500'", "startswith: '192.0.2.1 '"]),
  ...rows('cs-host', ['contains: evil']),
];

function rows(field: string, items: readonly string[]): readonly string[] {
  return items.map((item) => {
    const [modifiers = '', value = ''] = field === 'keywords' ? ['', item] : splitOnce(item, ': ');
    const line = field === 'keywords' ? `sel: ['${value}']` : `sel:\n    ${field}|${modifiers}: ${value}`;
    return rule(`${field}|${item}`, line, 'sel');
  });
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** Rules that join items, negate them, or hold no text at all. */
export const JOINED_RULES = [
  rule(
    'not-bot',
    'sel:\n    cs-uri-query|contains: select\n  bot:\n    cs-user-agent|contains: mozilla',
    'sel and not bot',
  ),
  rule('post', 'sel:\n    cs-method: post', 'sel'),
  rule('status', 'sel:\n    sc-status: [404, 500]', 'sel'),
  rule('status-or-text', 'a:\n    sc-status: 500\n  b:\n    x-query-value|contains: passwd', 'a or b'),
  rule('nothing-sent', 'sel:\n    cs-referer: null\n    cs-user-agent: null', 'sel'),
  rule('method-and-text', 'sel:\n    cs-method: TRACE\n    x-input|contains: x', 'sel'),
  rule('neq', 'sel:\n    cs-method|neq: GET\n    cs-uri-query|contains: "="', 'sel'),
  rule('except', 'sel:\n    x-query-value|contains: select\n    x-query-value|except|re: "^[a-m]"', 'sel'),
  rule(
    'all-except',
    'sel:\n    x-input|contains|all: [s, e]\n    x-input|except|contains: [union, "%"]\n    x-input|except|startswith: /',
    'sel',
  ),
  rule('recognised-except', 'sel:\n    x-query-value|sqli: true\n    x-query-value|except|xss: true', 'sel'),
  rule('unequal', 'sel:\n    x-query-value|neq: x', 'sel'),
];

export function rule(id: string, selections: string, condition: string): string {
  const name = JSON.stringify(id);
  return `title: ${name}\nid: ${name}\nlevel: medium\nlogsource: {category: webserver}\ndetection:\n  ${selections}\n  condition: ${condition}\n`;
}
