import { z } from 'zod';
import {
  CORRELATION_TYPES,
  type Comparison,
  type ComparisonOperator,
  type CorrelationRule,
} from '../../model/correlation.ts';
import { checkShape, closed, timespan } from './check.ts';
import type { Draft } from './draft.ts';

const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const satisfies readonly ComparisonOperator[];

const names = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const count = z.number().optional();

const conditionSchema = closed({
  gt: count,
  gte: count,
  lt: count,
  lte: count,
  eq: count,
  neq: count,
  field: names.optional(),
  percentile: z.number().min(0).max(100).optional(),
});

const correlationSchema = closed({
  type: z.enum(CORRELATION_TYPES, { error: `expected one of ${CORRELATION_TYPES.join(', ')}` }),
  rules: names,
  'group-by': names.optional(),
  timespan,
  condition: conditionSchema.optional(),
  aliases: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  generate: z.boolean().optional(),
});

/** A correlation as written: references are names or ids still. */
export type CorrelationBody = Omit<CorrelationRule, 'rule' | 'rules' | 'resets'> & {
  readonly references: readonly string[];
};

/** Reads the `correlation` key of a document (Sigma 2.1, "Correlation rules"); null when there were faults. */
export function readCorrelation(draft: Draft): CorrelationBody | null {
  const place = ['correlation'];
  const { correlation } = draft.body;
  const body = draft.recall('correlation', () => checkShape(draft, correlationSchema, place, correlation));
  const topGenerate = draft.body.generate;
  if (topGenerate !== undefined && typeof topGenerate !== 'boolean') {
    draft.fault(['generate'], 'generate: true or false was expected');
  }
  if (body === null) return null;
  const { type, rules, condition: given } = body;
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  const isValue = type.startsWith('value_');
  const condition = OPERATORS.flatMap((operator): Comparison[] => {
    const value = given?.[operator];
    return value === undefined ? [] : [{ operator, value }];
  });
  const faults: string[] = [];
  if (condition.length === 0 && !isTemporal) faults.push(`${type} needs a condition with ${OPERATORS.join(', ')}`);
  if (isValue && given?.field === undefined) faults.push(`${type} needs a field in its condition`);
  if (!isValue && given?.field !== undefined) faults.push(`${type} has no use for a field`);
  if (isValue && type !== 'value_count' && (given?.field?.length ?? 0) > 1) faults.push(`${type} takes one field`);
  if (type === 'value_percentile' && given?.percentile === undefined) faults.push(`${type} needs a percentile`);
  for (const fault of faults) draft.fault([...place, 'condition'], fault);
  if (faults.length > 0) return null;
  return {
    type,
    references: rules,
    groupBy: body['group-by'] ?? [],
    timespanMs: body.timespan,
    condition: condition.length > 0 ? condition : [{ operator: 'gte', value: rules.length }],
    fields: given?.field ?? [],
    percentile: given?.percentile ?? null,
    aliases: body.aliases,
    generate: body.generate ?? topGenerate === true,
  };
}
