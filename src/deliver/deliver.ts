/** Parcels out, receipts back. A sink is one file in sinks/ and one row in SINKS. */
export type { NameOf } from './clean-bundle.ts';
export { type EnrichCounts, type Enricher, type EnricherOptions, enricher, type IntelBase } from './enrich/enricher.ts';
export { type ImportOutcome, importAgain } from './import-again.ts';
export { type CrawlerCheck, crawlerCheck } from './judge/crawler-check.ts';
export {
  FEED_KINDS,
  type FeedKind,
  type FeedState,
  feedUrlOf,
  findFeed,
  type IntelOptions,
  readFeed,
  setUpFeed,
} from './judge/feed.ts';
export { judge, type Ruling, withdraw } from './judge/judgement.ts';
export { type JudgeCounts, type JudgeFailure, type Judger, type JudgerOptions, judger } from './judge/judger.ts';
export { sparer } from './judge/spare.ts';
export { type NameService, systemNames } from './judge/verified-bot.ts';
export { keepUndelivered } from './keep-undelivered.ts';
export { type OutboxEvent, type OutboxRunner, type OutboxRunnerOptions, outboxRunner } from './outbox/outbox-runner.ts';
export type { OutboxStore } from './outbox/outbox-store.ts';
export type { Sink } from './sink.ts';
export { type CtiaSinkOptions, ctiaSink } from './sinks/ctia.ts';
export { type FileOptions, fileSink } from './sinks/file.ts';
export { type StdoutOptions, stdoutSink } from './sinks/stdout.ts';
export { SINKS, type SinkName } from './sinks.ts';
