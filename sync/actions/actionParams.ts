import { z } from 'zod';
import type { CommandKind } from '../store/entities.ts';

/** The fields that a command takes, and no others: a misspelt one is refused and not passed over. */
const fields = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `holds ${issue.keys?.join(', ')}, which this command does not take`
        : undefined,
  });

const nothing = fields({});

/** What each command on an invoice takes beside the record. Amounts are in major units, as the org shows them. */
export const actionParams = {
  raise: nothing,
  sync: nothing,
  send: nothing,
  finalize: nothing,
  resend: nothing,
  pay: nothing,
  'mark-paid': nothing,
  'mark-uncollectible': nothing,
  void: nothing,
  delete: nothing,
} satisfies Record<CommandKind, z.ZodType<Record<string, unknown>>>;

export type ActionParams<K extends CommandKind> = z.infer<(typeof actionParams)[K]>;
