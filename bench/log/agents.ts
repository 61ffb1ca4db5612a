/** What clients call themselves. */

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const DESKTOPS = [
  'Windows NT 10.0; Win64; x64',
  'Macintosh; Intel Mac OS X 10_15_7',
  'X11; Linux x86_64',
  'X11; CrOS x86_64 14541.0.0',
];
const PHONES = ['K', 'SM-S918B', 'SM-A546B', 'Pixel 8', 'Pixel 9 Pro', 'moto g54 5G', '23021RAA2Y', 'CPH2609'];

/** Several hundred: browsers of the last two years, on what they run on. */
export const BROWSERS: readonly string[] = [
  ...DESKTOPS.flatMap((desktop) => range(126, 143).map((version) => chrome(desktop, version))),
  ...DESKTOPS.slice(0, 2).flatMap((desktop) =>
    range(130, 142).map((version) => `${chrome(desktop, version)} Edg/${version}.0.0.0`),
  ),
  ...range(112, 122).map((version) => `${chrome('Windows NT 10.0; Win64; x64', version + 16)} OPR/${version}.0.0.0`),
  ...['Windows NT 10.0; Win64; x64', 'X11; Linux x86_64', 'Macintosh; Intel Mac OS X 10.15'].flatMap((desktop) =>
    [115, 128, ...range(133, 145)].map(
      (version) => `Mozilla/5.0 (${desktop}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
    ),
  ),
  ...PHONES.flatMap((phone) => range(134, 142).map((version) => chromeMobile(`Linux; Android 10; ${phone}`, version))),
  ...range(24, 28).map((version) =>
    chromeMobile('Linux; Android 10; K', 100 + version).replace('Chrome/', `SamsungBrowser/${version}.0 Chrome/`),
  ),
  ...['16_7', '17_4', '17_5_1', '17_6_1', '18_0', '18_1_1', '18_3', '18_5', '18_6', '26_0'].flatMap((version) => [
    safari(`iPhone; CPU iPhone OS ${version} like Mac OS X`, `Version/${dotted(version)} Mobile/15E148 Safari/604.1`),
    safari(`iPad; CPU OS ${version} like Mac OS X`, `Version/${dotted(version)} Mobile/15E148 Safari/604.1`),
    safari('Macintosh; Intel Mac OS X 10_15_7', `Version/${dotted(version)} Safari/605.1.15`),
    safari(`iPhone; CPU iPhone OS ${version} like Mac OS X`, 'Mobile/15E148 Instagram 352.1.0.29.106 (iPhone14,5)'),
    safari(`iPhone; CPU iPhone OS ${version} like Mac OS X`, 'GSA/385.0.804379190 Mobile/15E148 Safari/604.1'),
  ]),
  ...range(480, 492).map(
    (version) =>
      `Mozilla/5.0 (Linux; Android 14; SM-A546B Build/UP1A.231005.007; wv) ${WEBKIT} Version/4.0 Chrome/130.0.6723.108 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/${version}.0.0.54.83;]`,
  ),
];

export const CRAWLERS: readonly string[] = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${WEBKIT} Chrome/141.0.7390.122 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
  'Googlebot-Image/1.0',
  `Mozilla/5.0 ${WEBKIT.replace(')', '; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)')} Chrome/136.0.0.0 Safari/537.36`,
  'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
  'Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)',
  'Mozilla/5.0 (compatible; DotBot/1.2; +https://opensiteexplorer.org/dotbot; help@moz.com)',
  `Mozilla/5.0 ${WEBKIT.replace(')', '; compatible; GPTBot/1.2; +https://openai.com/gptbot)')}`,
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Mozilla/5.0 (compatible; PetalBot;+https://webmaster.petalsearch.com/site/petalbot)',
  'DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)',
  'CCBot/2.0 (https://commoncrawl.org/faq/)',
];

/** What fetches the same few pages again and again. */
export const POLLERS: readonly string[] = [
  'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 42 subscribers)',
  'Tiny Tiny RSS/24.05 (https://tt-rss.org/)',
  'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
  'check_http/v2.3.3 (monitoring-plugins 2.3.3)',
  'ShopApp/5.12.1 (com.example.shop; build:5121; iOS 18.6.2) Alamofire/5.9.1',
  'okhttp/4.12.0',
];

export const ATTACK_TOOLS: readonly string[] = [
  'sqlmap/1.8.4#stable (https://sqlmap.org)',
  'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)',
  'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
  'gobuster/3.6',
  'feroxbuster/2.10.3',
  'Fuzz Faster U Fool v2.1.0-dev',
  'WPScan v3.8.27 (https://wpscan.com/wordpress-security-scanner)',
  'Mozilla/5.0 zgrab/0.x',
  'python-requests/2.32.3',
  'Python/3.11 aiohttp/3.9.5',
  'Go-http-client/1.1',
  'curl/8.5.0',
  'Mozilla/5.0 (l9explore/1.2.2)',
  'Hello World',
  '-',
];

function chrome(system: string, version: number): string {
  return `Mozilla/5.0 (${system}) ${WEBKIT} Chrome/${version}.0.0.0 Safari/537.36`;
}

function chromeMobile(system: string, version: number): string {
  return `Mozilla/5.0 (${system}) ${WEBKIT} Chrome/${version}.0.0.0 Mobile Safari/537.36`;
}

function safari(system: string, rest: string): string {
  return `Mozilla/5.0 (${system}) AppleWebKit/605.1.15 (KHTML, like Gecko) ${rest}`;
}

function dotted(version: string): string {
  return version.replaceAll('_', '.');
}
