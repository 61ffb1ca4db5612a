import type { Mark } from './marks.ts';

/** What belongs to one language and to no prose. */
export const MARKS: readonly Mark[] = [
  {
    literal: '<?',
    pattern:
      /<\?(?:php(?!\w)|=|\s{1,4}(?:echo|print|system|exec|eval|passthru|include|require|phpinfo|@|\$|\/\/|if\s?\()|[$@])/,
    shape: 'php-tag',
  },
  { literal: '{php}', pattern: /\{php\}/, shape: 'php-tag' },
  { literal: '<php>', pattern: /<php>/, shape: 'php-tag' },
  { literal: 'language', pattern: /<script\s{1,8}language\s?=\s?["']?php/, shape: 'php-tag' },
  {
    literal: '$_',
    pattern: /\$_(?:get|post|request|server|cookie|files|session|env)(?!\w)|\$_s\s?erver\s?\[/,
    shape: 'php-variable',
  },
  { literal: '$globals', pattern: /\$globals\s?\[/, shape: 'php-variable' },
  { literal: ':{', pattern: /(?:^|[^a-z])[oc]:\+?\d{1,4}:"[\w\\%]{1,128}":\d{1,6}:\{/, shape: 'serialised-object' },
  {
    literal: '-d',
    pattern:
      /(?:^|[\s+])-d\s{0,4}["']?(?:allow_url_include|auto_prepend_file|auto_append_file|disable_functions|safe_mode|open_basedir|suhosin|cgi\.|include_path)/,
    shape: 'php-option',
  },
  {
    literal: '!',
    pattern: /!!(?:python|javax|java|ruby|perl)[/.:]|!ruby\/(?:object|hash|struct)/,
    shape: 'serialised-object',
  },
  {
    literal: 'java.',
    pattern:
      /(?:[@(\s"'=:#!{]|new\s{1,4})java\.(?:lang|io|util|net|nio|beans|security)\.[a-z]|java\.lang\.(?:runtime|processbuilder|classloader|thread|system|class)\b/,
    shape: 'java-class',
  },
  { literal: 'javax.', pattern: /(?:[@("'{]|new\s{1,4})javax\.(?:script|el|naming|management)\./, shape: 'java-class' },
  {
    literal: 'org.',
    pattern: /(?:[@("'{]|new\s{1,4})org\.(?:apache|springframework|codehaus|mozilla|hibernate|jboss)\.[a-z]/,
    shape: 'java-class',
  },
  {
    literal: 'com.',
    pattern: /(?:[@("'{]|new\s{1,4}|^)com\.(?:sun|opensymphony|mchange|alibaba\.fastjson)\.[a-z]/,
    shape: 'java-class',
  },
  { literal: 'freemarker', pattern: /freemarker\.template\.utility\.|\?new\s?\(\)/, shape: 'java-class' },
  {
    literal: 'classloader',
    pattern: /class(?:\[?["']?\]?\.?)(?:module)?\.?\[?["']?classloader|\.classloader[.[]/,
    shape: 'java-class',
  },
  { literal: '_memberaccess', pattern: /_memberaccess/, shape: 'ognl' },
  { literal: '(#', pattern: /\(#[a-z_]\w{0,32}\s?=|\(#[a-z_]\w{0,32}\.[a-z]/, shape: 'ognl' },
  { literal: '#context', pattern: /#context\s?[.[]/, shape: 'ognl' },
  { literal: 'getclass', pattern: /getclass\s?\(\s?\)|\.getclass\b/, shape: 'java-class' },
  { literal: 'child_process', pattern: /child_process(?!(?:\.html|[\w-]|$))/, shape: 'node-module' },
  {
    literal: 'require',
    pattern:
      /require\s?\(\s?["'`](?:fs|os|net|http|https|vm|path|util|process|module)["'`]\s?\)|require\.main\.|require\.cache/,
    shape: 'node-module',
  },
  {
    literal: 'process',
    pattern:
      /(?:^|[^\w.-])(?:global(?:this)?\.)?process\s?(?:\.\s?(?:env|mainmodule|binding|exit|argv|kill|cwd|dlopen)(?!\w)|\[\s?["'`])/,
    shape: 'node-process',
  },
  { literal: '__proto__', pattern: /__proto__/, shape: 'prototype' },
  {
    literal: ')',
    pattern:
      /[([]\s{0,2}["']?(?:system|exec|passthru|shell_exec|popen|eval|assert|phpinfo|create_function)["']?\s?[)\]]\s{0,2}(?:[[{]\s?0\s?[\]}]\s{0,2}\)?\s{0,2})?\(/,
    shape: 'call',
  },
  { literal: 'prototype', pattern: /constructor(?:\.|\]?\[["']?)prototype/, shape: 'prototype' },
  { literal: 'nd_func', pattern: /_\$\$nd_func\$\$_/, shape: 'serialised-object' },
  {
    literal: 'module',
    pattern: /(?:^|[^\w.])module\.exports\s?=|:module:prototype|"\$\d+:(?:module|constructor|__proto__)/,
    shape: 'node-module',
  },
  { literal: ':constructor', pattern: /\$\w{1,4}:(?:\w{1,16}:)?constructor/, shape: 'prototype' },
  {
    literal: 'function',
    pattern: /new\s{1,4}function\s?\(|\(\s?function\s?\(\s?\)\s?\{/,
    shape: 'function-expression',
  },
  {
    literal: '__',
    pattern:
      /__(?:class|mro|base|bases|subclasses|globals|builtins|init|dict|code|reduce|getitem|import)__(?!\.(?:py|html\b|cpython|so\b))/,
    shape: 'python-attribute',
  },
  {
    literal: 'os.',
    pattern: /(?:^|[^\w.])os\.(?:system|popen|execv?|environ|listdir|spawn\w{0,3}|execute|getenv)\s?[([]/,
    shape: 'python-call',
  },
  { literal: 'subprocess', pattern: /subprocess\.(?:check_output|popen|call|run|getoutput)/, shape: 'python-call' },
  {
    literal: 'import',
    pattern:
      /(?:^|[;'"(\n])\s{0,4}(?:import\s{1,4}(?:os|sys|socket|subprocess|pty|commands)\b|from\s{1,4}(?:os|subprocess)\s{1,4}import)/,
    shape: 'python-import',
  },
  { literal: 'io.popen', pattern: /(?:^|[^\w.])io\.(?:popen|read|readlines|sysopen)\s?\(/, shape: 'ruby-call' },
  { literal: '%x', pattern: /%x[({[|]/, shape: 'ruby-call' },
  {
    literal: 'file.',
    pattern:
      /(?:^|[^\w.])(?:file|dir|kernel|open3|process)\.(?:read|open|new|entries|exec|system|spawn|capture2e?|binread|write)\s?\(?\s?["'/]/,
    shape: 'ruby-call',
  },
  { literal: 'response.write', pattern: /response\.write\s?\(/, shape: 'asp-call' },
  { literal: 'createobject', pattern: /(?:server\.|wscript\.)?createobject\s?\(|wscript\.shell/, shape: 'asp-call' },
  {
    literal: '<!--#',
    pattern: /<!--\s?#\s?(?:exec|include|echo|printenv|config|set|flastmod|fsize|if)\b/,
    shape: 'server-include',
  },
  { literal: '<!entity', pattern: /<!entity\s{1,8}%?\s{0,4}[\w.-]{1,64}/, shape: 'xml-entity' },
  {
    literal: '<!doctype',
    pattern:
      /<!doctype\s{1,8}[\w.:-]{1,64}\s{0,8}(?:\[|system\s|public\s{1,8}["'][^"']{0,128}["']\s{1,8}["'](?!http:\/\/www\.w3\.org))/,
    shape: 'xml-entity',
  },
  {
    literal: 'xinclude',
    pattern: /xmlns:\w{1,16}\s?=\s?["'][^"']{0,64}xinclude|<\w{1,16}:include\s/,
    shape: 'xml-entity',
  },
  { literal: '<esi:', pattern: /<esi:(?:include|inline|debug|vars|assign)/, shape: 'server-include' },
];
