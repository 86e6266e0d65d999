import type { Request, Response } from 'express';
import { z } from 'zod';
import { acceptCommand, isSameRequest, type NewCommand } from '../../sync/store/commands.ts';
import type { Database } from '../../sync/store/database.ts';
import type { Command } from '../../sync/store/entities.ts';
import { callerOf } from '../authenticate.ts';
import type { CommandWaiter } from '../commandWaiter.ts';
import { Problem } from '../problem.ts';
import { parsed } from './parsed.ts';

const idempotencyKey = z
  .string({ error: 'is missing: send one key for each press of a button' })
  .regex(/^[\x21-\x7e]{8,255}$/, 'has to be 8 to 255 printable characters');

export interface CommandPort {
  database: Database;
  waiter: CommandWaiter;
}

/** Accepts a command once for its Idempotency-Key, waits for the worker, and answers with what it did. */
export async function answerCommand(
  { database, waiter }: CommandPort,
  { request, response }: { request: Request; response: Response },
  what: Pick<NewCommand, 'kind' | 'entity' | 'crmId' | 'ids' | 'params'>,
): Promise<void> {
  const caller = callerOf(response);
  const asked: NewCommand = {
    ...what,
    orgId: caller.orgId,
    idempotencyKey: parsed(idempotencyKey, 'The header Idempotency-Key', request.get('idempotency-key')),
    actingUser: caller.userId,
  };
  const accepted = await acceptCommand(database, asked);
  if (!isSameRequest(accepted, asked)) {
    throw new Problem(
      'idempotency_conflict',
      'This Idempotency-Key was used for another request. Make a new key for a new request.',
    );
  }
  answer(response, await waiter.settled(accepted));
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
