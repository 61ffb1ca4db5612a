import { ldap } from '../../../src/detect/recognise/ldap.ts';
import { describeRecogniser } from './recogniser.case.ts';

describeRecogniser(
  ldap,
  {
    'filter-breakout': ['*)(uid=*))(|(uid=*', 'admin)(&)', 'x)(!(a=b))', '*)(x', 'a)) (cn=x'],
    filter: ['(|(mail=*))', '*(&(a=b)(c=d))'],
    'xpath-axis': ["x'] | child::node()", '/descendant::user'],
    'xpath-node': ["or text()='x'", '[position()=1]'],
    'xpath-call': ['count(/*)', 'count (/*)', 'string-length(name(/*[1]))', 'substring(name(x),1,1)'],
  },
  ['(a)(b)', 'f(x)(y)', '(a) (b=c)', 'std::string', 'Foo::bar()', 'see (above) (and below)', ':-) (really)'],
);
