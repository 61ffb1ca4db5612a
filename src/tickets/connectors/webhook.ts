import { createHmac } from 'node:crypto';
import { toJson } from '../../escape/escape.ts';
import type { Connector } from '../connector.ts';
import { eventMaker, type TicketEvent } from '../event.ts';
import { type HttpSettings, http } from '../http.ts';
import { oneWayConnector } from '../one-way.ts';
import { TicketError } from '../ticket-error.ts';
import { appendLine } from './jsonl.ts';

export interface WebhookOptions extends HttpSettings {
  /** Shared with the receiver: `whsec_` and base64, or any other text. */
  readonly secret: string;
  /** Names the sender in every event. */
  readonly source: string;
  /** File for events that the receiver refused for good, one a line; null: they are only reported. */
  readonly deadLetters: string | null;
  /** Attempts at one event before its sender is told to come back later. Default 3. */
  readonly attempts?: number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const BASE_DELAY_MS = 1_000;
/** The longest pause between attempts; a receiver that asks for more is left to the sender's patience. */
const MAX_DELAY_MS = 30_000;

/**
 * Posts each event, signed (Standard Webhooks 1.0.0: HMAC-SHA256 of id, time and body, in base64). An event keeps its id
 * and its body through all attempts; the time, and with it the signature, is each attempt's own.
 */
export function webhookConnector(options: WebhookOptions): Connector {
  const { secret, deadLetters, attempts = 3, clock, random, sleep } = options;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  if (key.length < 16) throw new TicketError('bad-options', 'the secret of a webhook must have 16 bytes or more');
  const web = http({ ...options, secrets: [secret] });

  async function post(id: string, body: string): Promise<void> {
    const time = String(Math.floor(clock() / 1000));
    const signature = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
    await web.call({
      method: 'POST',
      path: web.base,
      body,
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'webhook-id': id,
        'webhook-timestamp': time,
        'webhook-signature': `v1,${signature}`,
      },
    });
  }

  async function send(event: TicketEvent): Promise<void> {
    const body = JSON.stringify(event);
    for (let attempt = 1; ; attempt++) {
      try {
        return await post(event.id, body);
      } catch (error) {
        if (!(error instanceof TicketError)) throw error;
        if (error.isRefusal && deadLetters !== null) {
          await appendLine(deadLetters, `${toJson({ reason: error.message, event })}\n`);
        }
        if (!error.passes) throw error;
        const backoffMs = random() * BASE_DELAY_MS * 2 ** attempt;
        const delayMs = Math.max(backoffMs, (error.retryAt ?? 0) - clock());
        if (attempt >= attempts || delayMs > MAX_DELAY_MS) throw error;
        await sleep(delayMs);
      }
    }
  }

  return oneWayConnector({ name: 'webhook', events: eventMaker(options.source, clock), send, close: web.close });
}
