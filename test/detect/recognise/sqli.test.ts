import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqli } from '../../../src/detect/recognise/sqli.ts';
import { describeRecogniser } from './recogniser.case.ts';

describeRecogniser(
  sqli,
  {
    'comment-tail': ["admin'--", "admin' #", 'admin" --', "admin'/*", "x')-- -", '1)) -- '],
    'ended-statement': ["x';", "x' ; --", 'DROP it;--', 'eval($_POST[1]);#'],
    'broken-condition': [
      "' or 1=1--",
      "' or 1 -- -",
      "'or'1",
      "a'or'a",
      "x' or true--",
      "x' and 'a'='a",
      '") or ("a"="a',
      "%' and '%'='",
      "x' or a=a",
      "' or ''&'",
      "x' or name notnull--",
      "x' AND email IS NULL; --",
      "\\' or 1=1#",
    ],
    condition: [
      'or (1)=(1)',
      ' or a=a',
      '/or a=a',
      '1 or 1=1',
      '1 and 1=2',
      '1) and (5=5',
      ') or 1=1--',
      "1 or 'a'='a",
      '1 or not 5=6',
      '1 or 1 like 1',
      '1 or 1 between 0 and 2',
      '1 or 1 in (1)',
      '1||1=1',
      '-1 OR 5*5=25',
      'x or y=y',
      '‘ or 1=1-- -',
      '1 where 5=5',
      '1\tor\n1=1',
      '1/**/or/**/1=1',
      '1or 1=1',
    ],
    comparison: [
      "' like '%",
      "A' not like 'B",
      "'<99",
      "'=0#",
      "x' mod y--",
      "x' is not null",
      "' in (1)",
      "x' between 1 and 2",
      '1 rlike (select 1)',
    ],
    concatenation: ["'||'1", "'||1#", 'concat(0x71,0x72)', 'concat((select 1),2)'],
    arithmetic: ["x'-0#", "x'/email--", "1'*(2)-- -"],
    'empty-operation': ["'-'", "'*'"],
    collation: ["user'collate nocase--"],
    limit: ["' limit 1 -- -"],
    'union-select': [
      "' UNION SELECT NULL--",
      '1 union all select 1,2,3',
      '1 union distinct select a,b from c',
      '1 union/**/select/**/1',
      '1e0union select 1',
      '1.union select 1',
      "1'uNiOn/*x*/sEleCt/*y*/1",
      '1 union(select(1),(2))',
      '1 union values (1,2)',
      '1 union --x\nselect 1',
      "1 union select user,pass from users where ''='",
      '1 union all select',
    ],
    select: [
      'select * from users where id=1',
      'select password from users',
      "select name from sqlite_master where type='table'",
      'select a.b, c from d',
      'select version()',
      'select @@version',
      '(select 1)',
      "'+(select 1)+'",
      '1-(select case when 2=2 then 1 else 0 end)',
      'select name from items limit 1',
    ],
    'stacked-statement': [
      "'; drop table users--",
      '1; drop table users',
      '1;update users set a=1',
      "1;insert into t values ('x')",
      "1;exec master..xp_cmdshell 'dir'",
      "1;waitfor delay '0:0:5'",
      '1;declare @x int',
      "1;copy (select '') to program 'id'",
      '1;shutdown',
      '1;call f(1)',
    ],
    statement: [
      "1) waitfor delay '0:0:5'--",
      'insert into t (a) values (1)',
      'delete from users where id=1',
      'create table t(a int)',
      "attach database 'x' as y",
      'drop table if exists t',
      'exec (@s)',
    ],
    delay: ['1-sleep(5)', "'+sleep(5)+'", '1 and sleep (20 % 7)', 'sleep((select 5))', 'generate_series(1,5000000)'],
    'telling-call': [
      'pg_sleep(5)',
      'benchmark(1,md5(1))',
      "load_file('/x')",
      'extractvalue(1,2)',
      "dbms_pipe.receive_message('a',5)",
      'upper(randomblob(9))',
    ],
    'error-call': ['exp(~(1))', 'floor(rand(0)*2)'],
    conversion: ['cast(a as int)', 'convert(int,x)'],
    'character-codes': ['char(65,66)', 'chr(65)||chr(66)', 'char(65)+char(66)'],
    conditional: ['if(1=1,2,3)', 'iif(1=2,1,1/0)', 'elt(1=1,2)', 'if(now()=sysdate(),1,0)'],
    'case-when': ['case when 1=1 then 2 end'],
    subquery: ['ascii(substring((select 1),1,1))'],
    count: ['count(*)'],
    'order-by': ["1' order by 3-- -", '1 order by 10', '1) order by 5#'],
    'group-by': ["1' group by 1,2 having 1=1--"],
    'procedure-analyse': ['1 procedure analyse(1,1)'],
    'into-file': ["1 into outfile '/tmp/x'"],
    'server-variable': ['@@version', '1,@@datadir'],
    'executed-comment': ['1 /*!50000union*/ select 1', '/*!select*/'],
  },
  [
    'or a=a',
    'https://shop.example/find?q=select chairs from oak',
    'token \'<\', "<p "... ends too early',
    "sign '=' after a name",
    '/for/and~more>more',
    '/uploads/2019/05/select-flight-8436-300x200.jpg',
    'curtain-select-8739-1024x768.jpg',
    '/select-comfort-5-star-beds',
    'union square select committee',
    'and cast like cast',
    'having null like true',
    'insert into error select open and list',
    'select case when cat',
    'how to use union select in sql',
    'drop table lamp',
    'drop table lamps; side tables',
    'select a seat from the list',
    'select name from list',
    '(select one)',
    'select 2 from the list below',
    'insert into the slot',
    'update your profile set your goals',
    'delete from cart',
    'create table tennis club',
    "O'Reilly",
    "O'Neil and D'Angelo",
    "https://www.shop.example/search?q=pièces d'or&page=6",
    "https://www.shop.example/?s=d'or jaune&post_type=product",
    "ballon d'or 2019&page=2",
    "rock'and roll&page=2",
    "it's a dog's life",
    "the dogs' and cats' home",
    "boys' or girls'",
    "Rock 'n' Roll",
    "between 5' and 6'",
    '19" rack or 24" rack',
    '"foo" and "bar"',
    "the default is `'OR'`.",
    "l'amour et l'eau de l'été",
    '1=1 and done',
    '2+2=4 and 3+3=6',
    'if x=5 and y=3 then',
    'price gt 10 and price lt 20',
    "name eq 'Milk' or name eq 'Eggs'",
    'status = Open and priority = High',
    'order by 10',
    'sort by date, order by name',
    'sleep(8) hours',
    'sleep (8 hours)',
    'cast away',
    'count on me',
    'case when you need it',
    '#1 best seller',
    'foo--bar',
    'well -- maybe',
    '10 - 20 -- 30',
    '{"name":"value","id":1}',
    '["a","b","c"]',
    'a && b || c',
    "f'(x) or g'(x)",
    'user@example.com',
    '"like" stamp',
    'browning "like"',
    '"mod" "kitchen"',
    "'mod' 'kitchen'",
    '"where\'s george"',
    '"<3"',
    'char(10) field',
    'Mozilla/5.0 (X11; Linux x86_64; rv:1.0)',
  ],
);

describe('sqli among other text', () => {
  const lead = fc.stringMatching(/^[a-z0-9 ]{0,40}$/);

  it.each(["' or 1=1-- -", "' union select 1,2-- -", "'; drop table users--", "' and sleep(5)#"])(
    'finds %s after any words',
    (attack) => {
      fc.assert(
        fc.property(lead, (words) => {
          expect(sqli.recognise(words + attack)).not.toBeNull();
        }),
      );
    },
  );

  it.each(['1 union select 1,2 from t ', '1;exec xp_cmdshell ', '1 and extractvalue(1,2) '])(
    'finds %s before any words',
    (attack) => {
      fc.assert(
        fc.property(lead, (words) => {
          expect(sqli.recognise(attack + words)).not.toBeNull();
        }),
      );
    },
  );

  it.each(['"or"1"="1', '"x" or "y"="y', "'mod'(1)", '"=" or "'])(
    'finds %s, whose quotes enclose no phrases',
    (attack) => {
      expect(sqli.recognise(`x${attack}`)).not.toBeNull();
    },
  );

  it('finds a union whatever the case of its letters', () => {
    fc.assert(
      fc.property(fc.mixedCase(fc.constant("x' union all select null,null-- -")), (attack) => {
        expect(sqli.recognise(attack)?.shape).toBe('union-select');
      }),
    );
  });
});

it('needs no word alone that names of parameters hold: what it finds about one has a needle', () => {
  const words = ['insert', 'update', 'delete', 'drop', 'create', 'alter', 'exec', 'order', 'case', 'when', 'where'];
  const all = [...words, 'execute', 'copy', 'attach', 'replace', 'call', 'limit'];
  const rests = [
    'into t values(1)',
    't set a=1',
    'from t where 1=1',
    'table t;--',
    '1=1',
    'by 1--',
    'when 1=1 then 2 end',
  ];
  const found = all
    .flatMap((word) => [...' \t(-+!~@.*[;:/$<>=&|', ''].map((after) => word + after))
    .flatMap((start) => rests.flatMap((rest) => ['', '1 ', '1;', '1)', 'x union '].map((lead) => lead + start + rest)))
    .filter((text) => sqli.recognise(text) !== null);
  expect(found.length).toBeGreaterThan(100);
  expect(found.filter((text) => !sqli.needles.some((needle) => text.includes(needle)))).toEqual([]);
});

describe('sqli in JSON', () => {
  it.each([
    ['["like","%42%"]', null],
    ['[">", "2022-06-01"]', null],
    ['{"name":["not in","so \\"blue\\""]}', null],
    ['{"id":"1 or 1=1"}', 'or 1=1'],
    ['[0,{"a":"b"},"x\' or \'a\'=\'a"]', "x' or 'a'='a"],
    ['{"1 union select 2":3}', 'union select 2'],
    ['["\\u0031 or 1=1"]', '\\u0031 or 1=1'],
    ['["like" or 1=1--"]', 'or 1=1'],
  ])('of %s finds %s', (text, expected) => {
    const found = sqli.recognise(text);
    expect(found && text.slice(found.start, found.end)).toBe(expected);
  });
});
