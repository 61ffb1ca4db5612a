import { z } from 'zod';

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

export function readAftermath(data: string): z.infer<typeof aftermathSchema> {
  return aftermathSchema.parse(JSON.parse(data));
}
