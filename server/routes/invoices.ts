import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { toLongId } from '../../sync/domain/salesforceId.ts';
import { acceptCommand } from '../../sync/store/commands.ts';
import type { Database } from '../../sync/store/database.ts';
import type { Command, CommandKind } from '../../sync/store/entities.ts';
import { describeInvoice } from '../../sync/store/describeInvoice.ts';
import { callerOf } from '../authenticate.ts';
import type { CommandWaiter } from '../commandWaiter.ts';
import { Problem } from '../problem.ts';

const recordId = z
  .string()
  .transform((id, context) => toLongId(id) ?? (context.addIssue('is not a Salesforce record id'), z.NEVER));
const idempotencyKey = z
  .string({ error: 'is missing: send one key for each press of a button' })
  .regex(/^[\x21-\x7e]{8,255}$/, 'has to be 8 to 255 printable characters');

/** `/v1/invoices/{crmId}`: what the engine knows of an invoice, and the commands of the org's buttons. */
export function invoices({ database, waiter }: { database: Database; waiter: CommandWaiter }): Router {
  const router = express.Router();

  router.get('/v1/invoices/:crmId', async (request, response) => {
    const crmId = parsed(recordId, 'The invoice id', request.params.crmId);
    const invoice = await describeInvoice(database, crmId);
    if (!invoice)
      throw new Problem('unknown_invoice', `Nothing is known of ${crmId}. Press Sync Invoice on the record.`);
    response.json(invoice);
  });

  for (const kind of ['raise', 'send', 'sync'] satisfies CommandKind[]) {
    router.post(`/v1/invoices/:crmId/${kind}`, (request, response) => command(kind, request, response));
  }

  async function command(kind: CommandKind, request: Request, response: Response): Promise<void> {
    const caller = callerOf(response);
    const crmId = parsed(recordId, 'The invoice id', request.params.crmId);
    const key = parsed(idempotencyKey, 'The header Idempotency-Key', request.get('idempotency-key'));
    const accepted = await acceptCommand(database, {
      orgId: caller.orgId,
      kind,
      crmId,
      idempotencyKey: key,
      actingUser: caller.userId,
    });
    if (accepted.kind !== kind || accepted.crm_id !== crmId) {
      throw new Problem(
        'idempotency_conflict',
        'This Idempotency-Key was used for another request. Make a new key for a new request.',
      );
    }
    answer(response, await waiter.settled(accepted));
  }
  return router;
}

/** 200 with what was done, the problem of what failed, or 202 for what the worker goes on with. */
function answer(response: Response, command: Command): void {
  const { id, kind, status } = command;
  if (status === 'done') {
    response.json({ command: { id, kind, status }, ...(command.result as object) });
  } else if (status === 'failed') {
    const { code, message } = command.error as { code: string; message: string };
    throw new Problem(code, message, { command: { id, kind, status } });
  } else {
    const said = command.error as { message: string } | null;
    response.status(202).json({
      command: { id, kind, status },
      invoice: null,
      changes: [],
      message: `${said?.message ?? 'It takes longer than usual.'} Your request is kept and will be carried out by itself.`,
    });
  }
}

function parsed<T>(schema: z.ZodType<T>, name: string, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new Problem('invalid_request', `${name} ${result.error.issues[0]!.message}.`);
  return result.data;
}
