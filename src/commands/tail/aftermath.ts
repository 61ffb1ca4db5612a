import { z } from 'zod';
import type { OutboxRunnerOptions } from '../../deliver/deliver.ts';
import type { Output } from '../output.ts';

/** What is left to do about an incident that was delivered, as the live run stored it. */
const aftermathSchema = z.object({
  attacker: z.object({
    key: z.string(),
    type: z.enum(['ip', 'ipv6', 'hostname']),
    addresses: z.array(z.string()),
  }),
  first: z.number(),
  last: z.number(),
  title: z.string(),
});

/**
 * Enriches the incident and judges its attacker, where the configuration wants it. Doing it twice does no harm; false where
 * that may help.
 */
export function carryOut({
  enricher,
  judger,
}: Pick<Output, 'enricher' | 'judger'>): OutboxRunnerOptions['onDelivered'] {
  return async (aftermath, receipts) => {
    const { title, ...incident } = aftermathSchema.parse(JSON.parse(aftermath));
    const stored = receipts.flatMap(({ entities }) => entities).find(({ type }) => type === 'incident');
    if (stored?.id != null) enricher?.enrich(stored.id, incident.attacker);
    return (await judger?.judge(incident, title)) ?? true;
  };
}
