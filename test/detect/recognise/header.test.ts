import { header } from '../../../src/detect/recognise/header.ts';
import { describeRecogniser } from './recogniser.case.ts';

describeRecogniser(
  header,
  {
    'header-line': [
      'x\r\nSet-Cookie: a=b',
      'x\nlocation : //y',
      '\rX-Forwarded-For: 1',
      '\r\nX-Alt1: y',
      'x嘊嘍Set-Cookie:a=b',
      '\r\nDemoHeader: 1234',
      '嘍嘊DemoHeader: 1',
      '#\rheader:header',
      'name?\r\nHeader-Test:demo',
    ],
    'split-message': ['x\r\n\r\n<html>', 'x\r\nHTTP/1.1 200 OK', 'x\nGET /y HTTP/1.1'],
  },
  [
    'first line\nsecond line',
    'Note: a\nName: b',
    'Set-Cookie: a=b',
    'one\r\ntwo',
    'Hello,\nfollow-up: call me back',
    'a\nb: c',
  ],
);
