/**
 * What a person would grep a log for: 110 alternatives, extended regular expressions in which only full stops, brackets,
 * `$` and the like are escaped. It is the yardstick of the bench: the least that any search for attacks has to do.
 */
export const NEEDLES: readonly string[] = [
  // SQL
  ...['union.select', 'union.all.select', 'union%20select', 'information_schema', 'sleep\\(', 'benchmark\\('],
  ...['waitfor', 'pg_sleep', 'extractvalue', 'updatexml', 'concat\\(', 'group_concat', 'order%20by', 'xp_cmdshell'],
  ...['%27%20or', '%27%20and', '%27--', 'or%201=1', 'drop%20table', 'load_file', 'into%20outfile', 'sqlmap'],
  // scripts
  ...['<script', '%3cscript', '%3Cscript', 'javascript:', 'onerror=', 'onerror%3d', 'onload=', 'onload%3D'],
  ...['alert\\(', 'document\\.cookie', '%3Csvg', '%3Cimg', '%3Ciframe', 'fromCharCode'],
  // files
  ...[
    '\\.\\./\\.\\./',
    '\\.\\.%2f',
    '\\.\\.%2F',
    '%2e%2e',
    '%252e',
    '%c0%af',
    '\\.\\.\\\\',
    'etc/passwd',
    'etc%2Fpasswd',
  ],
  ...[
    'etc/shadow',
    'proc/self',
    'win\\.ini',
    'boot\\.ini',
    'php://',
    'file://',
    'expect://',
    'data://',
    'php%3A%2F%2F',
  ],
  // commands and code
  ...['/bin/sh', '/bin/bash', 'bin%2Fsh', 'cmd\\.exe', 'powershell', 'wget%20', 'wget\\+', 'curl%20', 'chmod'],
  ...['nc%20-e', ';id', '%3Bid', '\\|id', '%7Ccat', 'cat%20', 'system\\(', 'exec\\(', 'passthru', 'shell_exec'],
  ...['base64_decode', 'eval\\(', 'phpinfo', 'call_user_func', 'getRuntime', 'ognl', '<\\?php', '%3C%3Fphp'],
  ...['jndi:', '%7Bjndi', '\\{lower:', '\\{::-', '\\(\\) \\{'],
  // places
  ...[
    '\\.env',
    '\\.git/',
    '\\.svn/',
    '\\.aws/',
    '\\.htaccess',
    '\\.htpasswd',
    'wp-config',
    'xmlrpc\\.php',
    'phpmyadmin',
  ],
  ...['eval-stdin', '/actuator', '/solr/', '/manager/html', 'HNAP1', 'boaform', 'GponForm', '\\.bak', '\\.sql'],
  ...['169\\.254\\.169\\.254', 'nikto', 'Nmap', 'zgrab', 'masscan', 'gobuster'],
];
