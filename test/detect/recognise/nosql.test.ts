import { nosql } from '../../../src/detect/recognise/nosql.ts';
import { describeRecogniser } from './recogniser.case.ts';

describeRecogniser(
  nosql,
  {
    'operator-subscript': ['user[$ne]', 'a[b][$regex]'],
    'operator-key': ['{"$gt":""}', "', $or: [ {}", '{ $ne: 1 }', "$where: '1'"],
    'collection-call': ['db.users.find({})', 'db.x.drop()'],
    'document-field': ["' && this.password.match(/.*/)//", ';this.a == 1'],
    'script-breakout': ["'; return true; var x='"],
    'script-condition': ["' || '1'=='1", '" && 1===1'],
    'script-delay': ["';sleep(5000);", 'b=new Date();while(new Date()-b<1)'],
  },
  ['filter[price]', 'a[b][c]', '{"price":"$5"}', 'this.is fine', 'a || b', 'many happy returns', 'db.example.com'],
);
