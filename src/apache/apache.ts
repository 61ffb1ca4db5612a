/** What the configuration of an Apache HTTP Server says of its access logs. Reads files, runs nothing. */
export type { ApacheBounds } from './bounds.ts';
export type { ApacheLog, ApacheServer } from './log-plan.ts';
export { type ApacheConfig, readApacheConfig } from './read-config.ts';
