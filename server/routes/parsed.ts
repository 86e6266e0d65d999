import { z } from 'zod';
import { toLongId } from '../../sync/domain/salesforceId.ts';
import { Problem } from '../problem.ts';

export const recordId = z
  .string()
  .transform((id, context) => toLongId(id) ?? (context.addIssue('is not a Salesforce record id'), z.NEVER));

/** The org's id in its long form, or an id of Stripe such as in_1abc. */
export const anyId = z
  .string()
  .regex(/^\w{3,255}$/, 'is neither a Salesforce record id nor an id of Stripe')
  .transform((id) => toLongId(id) ?? id);

/** Where a page of a list begins. */
export const after = z
  .string()
  .regex(/^\d{1,18}$/, 'is not the `next` of a page before')
  .optional();

/** A part of a request, `name` of it in words, as its schema has it; what is wrong is said of the first field that is. */
export function parsed<T>(schema: z.ZodType<T>, name: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const field = path.filter((part) => typeof part === 'string').join('.');
  throw new Problem('invalid_request', `${name}${field ? `'s ${field}` : ''} ${message}.`);
}
