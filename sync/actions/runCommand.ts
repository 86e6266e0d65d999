import { backoffMs } from '../domain/backoff.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure, RetryableFailure } from '../failure.ts';
import { internalFailure } from '../flows/convergeDue.ts';
import { nextLeaseOwner } from '../leases.ts';
import { asPerson, inBackground } from '../limits/priority.ts';
import { isOutage, isSideDown } from '../limits/standstill.ts';
import { claimDueCommand, settleCommand, type CommandOutcome } from '../store/commands.ts';
import type { Command } from '../store/entities.ts';
import { settleConflict } from './settleConflict.ts';
import { invoiceCommand } from './invoiceCommand.ts';
import { statementCommand } from './statementCommand.ts';
import { syncCommand } from './syncCommand.ts';

/**
 * Claims the command that has waited longest and carries it out. Returns how many there were: one or none. While a
 * side is down only new ones are claimed, so that whoever waits hears of it at once; they are kept.
 */
export async function runCommand(engine: Engine): Promise<number> {
  const command = await claimDueCommand(engine.database, {
    owner: nextLeaseOwner(engine),
    leaseSeconds: engine.settings.leaseSeconds,
    onlyNew: isSideDown(engine),
  });
  if (!command) return 0;
  // Nobody waits for what a schedule asked for.
  const inTurn = command.params.reminder ? inBackground : asPerson;
  const outcome = await inTurn(() => outcomeOf(engine, command));
  await settleCommand(engine.database, command, outcome);
  return 1;
}

async function outcomeOf(engine: Engine, command: Command): Promise<CommandOutcome> {
  try {
    const orgId = await engine.org.identify();
    if (orgId !== command.org_id) {
      throw new PermanentFailure({
        code: 'wrong_org',
        stage: 'decide',
        message: `This installation serves another org than ${command.org_id}. An org that was refreshed has a new id: register a new token for it.`,
      });
    }
    return { status: 'done', result: await carryOut(engine, command) };
  } catch (error) {
    if (!isSyncFailure(error))
      engine.log.error({ error, command: command.id }, 'A command failed for a reason of our own.');
    const failure = isSyncFailure(error) ? error : internalFailure(error);
    const said = { code: failure.code, message: failure.message };
    if (failure instanceof RetryableFailure) {
      const attempts = isOutage(engine, failure) ? 0 : command.attempts;
      const delayMs = failure.retryAfterMs ?? backoffMs(attempts, engine.random());
      return { status: 'running', error: said, delayMs };
    }
    return { status: 'failed', error: said };
  }
}

function carryOut(engine: Engine, command: Command): Promise<unknown> {
  const { kind } = command;
  if (kind === 'statement') return statementCommand(engine, command);
  if (kind === 'use-other' || kind === 'dismiss') return settleConflict(engine, command, kind);
  return command.entity === 'invoice' ? invoiceCommand(engine, command) : syncCommand(engine, command);
}
