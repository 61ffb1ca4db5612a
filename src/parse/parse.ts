/** The parse stage: a framed line becomes an access log entry, or a reject that says why not. */
import type { ClientOptions } from './client.ts';
import type { LineParser, LogFormat } from './format.ts';

export { chooseFormat, type FormatChoice, type FormatSuggestion, suggestFormat } from './choose-format.ts';
export type { ClientOptions } from './client.ts';
export { FORMAT_NAMES, findFormat, formatText } from './find-format.ts';
export { isReject, type LineParser, type LogFormat } from './format.ts';
export type { JsonMapping } from './json-keys.ts';
export { type Glimpse, ownEntry } from './own-entry.ts';
export { splitRequest } from './request-line.ts';
export { SKIMMED, type Skimmer } from './skim.ts';

export interface ParserOptions extends ClientOptions {
  readonly format: LogFormat;
}

/**
 * Makes the function that parses lines of a format. It is synchronous and never throws; it keeps nothing of a line but
 * the last time stamp.
 * @throws SightlineError `bad-cidr` for a bad trusted proxy.
 */
export function parser({ format, ...client }: ParserOptions): LineParser {
  return format.open(client);
}
