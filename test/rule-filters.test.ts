import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detector, loadRules } from '../src/detect/detect.ts';
import { entryOf, type Request } from './detect/entry.ts';
import { ROOT } from './support/run-cli.ts';

const rules = await loadRules([join(ROOT, 'rules')]);
const detect = detector(rules, { own: (entry) => entry });

/** Names of the rules about SQL that a request for a target hits. */
function sqlRulesOf(target: string, status = 200): readonly string[] {
  return detect(entryOf({ target: encodeURI(target), status }))
    .filter(({ rule }) => rule.path.startsWith('injection-sql/'))
    .map(({ rule }) => rule.path.replace(/^injection-sql\/|\.yml$/g, ''));
}

describe('query interfaces', () => {
  const SERVER = '/arcgis/rest/services/Roads/MapServer/3/query';

  it.each([
    ['ArcGIS', `${SERVER}?where=1=1&outFields=*&f=json`],
    ['a service of ArcGIS with an umlaut', '/rest/services/Straßen_Köln/FeatureServer/0/query?where=1=1&returnZ=true'],
    ["ArcGIS's Hub", `/api/v3/datasets/${'0a1b2c3d'.repeat(4)}_0/downloads/data?format=geojson&where=1=1`],
    ['YQL', "/v1/public/yql?q=select * from stock.quotes where symbol in ('A', 'B')&format=json"],
    ['Socrata', "/resource/ab12-cd34.json?$where=status='open' and 7=7&$limit=5"],
    ['Datasette', '/rivers/basins.json?sql=select title from rivers where id = 7 order by 1;&_shape=array'],
    ['CKAN', '/api/3/action/datastore_search_sql?sql=SELECT title FROM rivers WHERE id = 7'],
    ['Carto', '/api/v2/sql?q=SELECT name FROM rivers WHERE length > 5&format=json'],
    ['SPARQL', '/sparql?query=SELECT * FROM <x> WHERE { ?s ?p 5 FILTER(1=1 or 2=2) }'],
    ['InfluxDB', '/query?db=t&q=SELECT mean("v") FROM "cpu" WHERE "host" = \'a\'&epoch=ms'],
    ["Grafana's way to it", '/api/datasources/proxy/3/query?db=t&q=SELECT "v" FROM "cpu" WHERE "host" = \'a\''],
    ['Salesforce', "/services/data/v58.0/query?q=SELECT Id FROM Account WHERE Name = 'Acme'"],
    ['Jira', '/rest/api/2/search?jql=text ~ "a" and 1=1&maxResults=5'],
  ])('may ask as %s does', (_, target) => {
    expect(sqlRulesOf(target)).toEqual([]);
    expect(sqlRulesOf(`${target}&other=1`)).not.toEqual([]);
  });

  it.each([
    ['a parameter that the product has not', `${SERVER}?where=1=1&id=1 or 1=1`, 'sqli-structure'],
    ['a script in front', `/page.php${SERVER}?where=1 or 1=1`, 'sqli-structure'],
    ['a union', `${SERVER}?where=1=1 union select null,user()&f=json`, 'union-select'],
    ['a delay', `${SERVER}?where=1=1 and sleep(5)&f=json`, 'time-blind'],
  ])('hide nothing: %s', (_, target, name) => {
    expect(sqlRulesOf(target)).toContain(name);
  });
});

describe('database front ends', () => {
  const WHERE = 'where_clause=`users`.`id` = 42&clause_is_unique=1';

  it.each([
    ['a table', '/phpmyadmin/index.php?route=/sql&server=1&db=shop&table=a&sql_query=SELECT * FROM `a` ORDER BY 1'],
    [
      'a row',
      `/phpmyadmin/index.php?route=/table/change&db=shop&table=users&${WHERE}&sql_query=SELECT * FROM orders WHERE id = 5`,
    ],
    ['the schema', '/pma/db_structure.php?server=1&db=information_schema'],
    ['an older table', "/phpmyadmin/sql.php?db=a&table=b&sql_query=SELECT * FROM `b` WHERE c LIKE 'd%'&token=0a1b2c3d"],
    ['a query in Adminer', '/adminer-4.8.1.php?username=root&db=shop&sql=SELECT * FROM orders WHERE id = 5'],
  ])('may show %s', (_, target) => {
    expect(sqlRulesOf(target)).toEqual([]);
    expect(sqlRulesOf(`${target}&other=1`)).not.toEqual([]);
  });

  it.each([
    ['a page that was not given', '/adminer.php?username=root&db=shop&sql=SELECT * FROM orders WHERE id = 5', 403],
    ['a parameter that it has not', "/phpmyadmin/sql.php?server=1&db=a&id=1' or 1=1--", 200],
    ['a script of another name', "/shop/index.php?route=/sql&page=1' or 1=1--", 200],
    ['a file that is written', "/phpmyadmin/sql.php?server=1&sql_query=SELECT 'x' INTO OUTFILE '/tmp/x'", 200],
    ['a delay', '/phpmyadmin/sql.php?server=1&sql_query=SELECT sleep(9)', 200],
  ])('hide nothing: %s', (_, target, status) => {
    expect(sqlRulesOf(target, status)).not.toEqual([]);
  });
});

describe('products in use', () => {
  const PAGE = {
    target: '/nacos/v1/cs/configs?dataId=a&group=b',
    status: 200,
    method: 'GET',
    referer: 'https://app.example/nacos/',
  };
  const isFound = (request: Request) =>
    detect(entryOf(request)).some(({ rule }) => rule.path === 'exploits-java/nacos.yml');

  it('may be read by their people', () => {
    expect(isFound(PAGE)).toBe(false);
    expect(isFound({ ...PAGE, referer: null, user: 'ann' })).toBe(false);
  });

  it.each([
    ['what is sent', { method: 'POST' }],
    ['what was not given', { status: 404 }],
    ['who comes from nowhere', { referer: null }],
  ])('hide nothing: %s', (_, change) => {
    expect(isFound({ ...PAGE, ...change })).toBe(true);
  });
});

describe('sign-on services', () => {
  function isSpared(target: string): boolean {
    return !detect(entryOf({ target: encodeURI(target) })).some(
      ({ rule }) => rule.path === 'ssrf/internal-address.yml',
    );
  }

  it.each([
    ["a developer's machine", '/oauth2/authorize?client_id=a&redirect_uri=http://localhost:8400/cb&state=x'],
    ['a service of the network', '/cas/login?service=http://10.24.1.211:8080/app/check'],
    [
      'the place to come back to',
      '/realms/a/protocol/openid-connect/logout?post_logout_redirect_uri=http://192.168.7.2/',
    ],
    ["WordPress's way back after a log-in", '/wp-login.php?redirect_to=http://192.168.7.2/wp-admin/&reauth=1'],
    [
      'a page of WS-Federation',
      '/adfs/ls/?wa=wsignin1.0&wtrealm=http://intranet.local/&wreply=http://intranet.local/a',
    ],
  ])('may be told of %s', (_, target) => {
    expect(isSpared(target)).toBe(true);
    expect(isSpared(`${target}&other=1`)).toBe(false);
    expect(isSpared(`/fetch${target.slice(target.indexOf('?'))}`)).toBe(false);
  });

  it('hide no metadata service', () => {
    const target = '/cas/login?service=http://169.254.169.254/latest/meta-data/';
    expect(detect(entryOf({ target })).map(({ rule }) => rule.path)).toContain('ssrf/cloud-metadata.yml');
  });
});

describe('page statistics', () => {
  const PAGE = 'url=http%3A%2F%2F192.168.0.211%2Fminutes';
  const isSpared = (target: string) =>
    !detect(entryOf({ target })).some(({ rule }) => rule.path === 'ssrf/internal-address.yml');

  it.each([
    ['Matomo', `/matomo.php?action_name=Minutes&idsite=1&rec=1&${PAGE}`, `/matomo.php?rec=1&${PAGE}`],
    ['Google Analytics', '/r/collect?v=1&t=pageview&tid=UA-1-1&dl=http%3A%2F%2Flocalhost%2F', `/collect?v=1&${PAGE}`],
  ])('may be told of inner pages: %s', (_, beacon, other) => {
    expect(isSpared(beacon)).toBe(true);
    expect(isSpared(other)).toBe(false);
  });
});

describe('search engines', () => {
  const GOOGLE = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  const BING = 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)';

  function rulesOf(request: Request): readonly string[] {
    return detect(entryOf({ status: 404, ...request })).map(({ rule }) => rule.path);
  }

  it.each([
    ['Googlebot', GOOGLE, '66.249.66.1', '66.249.96.1'],
    ['Googlebot by IPv6', GOOGLE, '2001:4860:4801:10::1', '2001:4860:4860::8888'],
    ['a tool of that name from a machine that Google lets', GOOGLE, '34.118.66.3', '34.118.65.3'],
    ['bingbot', BING, '157.55.39.12', '157.55.40.12'],
    ['YandexBot', 'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)', '5.255.253.9', '5.254.253.9'],
    ['Applebot', 'Mozilla/5.0 (compatible; Applebot/0.1)', '17.241.75.1', '18.241.75.1'],
  ])('may ask their networks through for what is gone: %s', (_, userAgent, own, foreign) => {
    const target = '/old/view.jsp?id=7';
    const missed = ['reconnaissance/not-found.yml', 'reconnaissance/script-not-found.yml'];
    expect(rulesOf({ client: own, userAgent, target })).toEqual(['reconnaissance/any-request.yml']);
    expect(rulesOf({ client: foreign, userAgent, target })).toEqual(expect.arrayContaining(missed));
    expect(rulesOf({ client: own, userAgent: 'curl/8.0', target })).toEqual(expect.arrayContaining(missed));
  });

  it('are not spared where they follow an attack', () => {
    const target = `/item?id=${encodeURIComponent("1' UNION SELECT login,password FROM users-- ")}`;
    expect(rulesOf({ client: '66.249.66.1', userAgent: GOOGLE, target })).toContain('injection-sql/union-select.yml');
  });
});
