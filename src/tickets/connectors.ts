import { httpConnector } from './connectors/http.ts';
import { jsonlConnector } from './connectors/jsonl.ts';
import { redmineConnector } from './connectors/redmine.ts';
import { rtConnector } from './connectors/rt.ts';
import { webhookConnector } from './connectors/webhook.ts';

/** Every connector, by name. */
export const CONNECTORS = {
  rt: rtConnector,
  redmine: redmineConnector,
  http: httpConnector,
  webhook: webhookConnector,
  jsonl: jsonlConnector,
} as const;
export type ConnectorName = keyof typeof CONNECTORS;
