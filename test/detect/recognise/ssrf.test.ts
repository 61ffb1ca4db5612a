import { ssrf } from '../../../src/detect/recognise/ssrf.ts';
import { describeRecogniser } from './recogniser.case.ts';

describeRecogniser(
  ssrf,
  {
    'raw-scheme': ['gopher://x:6379/_a', 'dict://x:11211/', 'file:///etc/passwd', 'jar:http://x!/', 'ldap://x/y'],
    'internal-address': [
      'http://127.0.0.1/',
      'http://10.1.2.3:8080',
      'http://169.254.169.254/x',
      'https://user@192.168.0.1/',
      'http://[::1]/',
      'http://[fe80::1]/',
      '//127.0.0.1/',
      'http://172.16.0.1',
      'x=http://0.0.0.0/',
    ],
    'odd-address': [
      'ftp:0x7f.1',
      'http://2130706433/',
      'http://0x7f000001/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http:/2130706433',
      'http://[::ffff:127.0.0.1]/',
      'http://999.1.1.1/',
    ],
    'internal-name': [
      'http://localhost/',
      'http://x.localhost:1',
      'http://metadata.google.internal/',
      'http://10.0.0.1.nip.io/',
      'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/',
      'localhost/',
      'http://a@localhost/',
    ],
    'metadata-address': ['169.254.169.254/latest/meta-data'],
  },
  [
    'https://www.example.com/path?x=1',
    'http://93.184.216.34/',
    'http://1234/',
    'mailto:a@example.com',
    'note: localhost is down',
    'time 12:30',
    'note:/0',
    'http://example.com/10.0.0.1/',
    '//cdn.example.com/x.js',
    'http://[2001:db8::1]/',
    'localhost',
    'http://172.32.0.1/',
  ],
);
