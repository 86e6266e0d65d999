import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type Stripe from 'stripe';
import { actOn } from '../../integration/actOn.ts';
import { OrgError, type OrgUser } from '../../integration/orgUser.ts';
import { untilTaken } from '../persistently.ts';
import { asPerson } from './asPerson.ts';
import { born, type Living } from './births.ts';
import type { Told } from './coverage.ts';
import type { LifeWorld } from './lifeWorld.ts';
import type { LifePlan, Move } from './moves.ts';
import { doInOrg } from './orgMoves.ts';
import { paramsOf } from './params.ts';
import { REFUSED, doInStripe, type Moved } from './stripeMoves.ts';

export type Outcome = 'done' | 'refused' | 'goes on';

// Many lives go on at once, on a machine that may be busy with other things.
const WITHIN_MS = 600_000;
// Each look is two calls; what is waited for takes a worker its time.
const LOOK_AFTER_MS = 200;
const CATCH_UP_AFTER_MS = 10_000;

// What people do there goes on in the background: what is seen later may come of it and not of a refusal.
const GOES_ON = new Set(['payByBank', 'payLink', 'payRaced', 'time', 'schedule', 'voidCredit']);

/** One invoice from its birth on; every move is allowed by the systems or refused in words, and anything else is a fault. */
export class Life {
  readonly told: string[] = [];
  private readonly systems: LifeWorld;
  private readonly plan: LifePlan;
  private living: Living | undefined;
  private gone = false;
  private settled = true;

  constructor(systems: LifeWorld, plan: LifePlan) {
    this.systems = systems;
    this.plan = plan;
  }

  /** Tells what was tried, in which state, and what came of it. */
  async live(told: Told): Promise<void> {
    const { birth, moves } = this.plan;
    this.living = await born(this.systems, birth);
    told.count(`born in ${birth.in}${birth.hasClock ? ', with a clock' : ''}`, 'none', 'done');
    for (const move of moves) {
      const what = `${move.by} ${move.move}`;
      const invoice = await this.invoice();
      const outcome = await this.make(move, invoice);
      this.told.push(`${what}: ${outcome}`);
      told.count(what, stateOf(invoice), outcome);
      if (this.gone) return;
    }
  }

  private async make(move: Move, invoice: Stripe.Invoice | null): Promise<Outcome> {
    try {
      if (move.by === 'org') await this.inOrg(move);
      else if (move.by === 'stripe') await this.inStripe(move, invoice);
      else return await this.press(move, invoice);
      if (GOES_ON.has(move.move)) this.settled = false;
      return 'done';
    } catch (error) {
      if (error === REFUSED || isRefusal(error)) return 'refused';
      throw error;
    }
  }

  private async press(
    { by, move, share, cents }: Extract<Move, { by: 'button' | 'api' }>,
    before: Stripe.Invoice | null,
  ): Promise<Outcome> {
    const crmId = await this.record();
    if (!crmId) throw REFUSED;
    const params = paramsOf(move, { invoice: before, share, cents });
    const outcome =
      by === 'api' ? await this.ask(move, crmId, params) : await this.click(move, crmId, params);
    if (outcome === 'goes on') this.settled = false;
    if (outcome === 'refused') await this.isUnchanged(before, `${by} ${move}`);
    else if (move === 'delete') this.gone = true;
    return outcome;
  }

  private async click(action: string, invoiceId: string, params: object): Promise<Outcome> {
    const idempotencyKey = randomUUID();
    const { status } = await this.asRep((rep) =>
      action === 'sync'
        ? rep.sync(invoiceId, idempotencyKey)
        : rep.apex<{ status: string }>('InvoiceCommandController', 'runAction', {
            invoiceId,
            action,
            params: JSON.stringify(params),
            idempotencyKey,
          }),
    );
    return status === 'failed' ? 'refused' : status === 'running' ? 'goes on' : 'done';
  }

  private async ask(action: string, crmId: string, body: object): Promise<Outcome> {
    const answer = await actOn(this.systems.world, { action, crmId }, { body });
    const { status } = answer;
    if (status >= 400 && !answer.body.detail)
      throw new Error(`${action} of ${crmId}: ${status} ${JSON.stringify(answer.body)}`);
    if (status >= 400) return 'refused';
    const { newInvoice } = answer.body;
    // Life goes on with the new one.
    if (newInvoice) this.living = { ...this.living!, crmId: newInvoice.id, stripeId: newInvoice.stripeId };
    return status === 202 ? 'goes on' : 'done';
  }

  /** What was refused has done nothing; only what people do to a draft may be on its way. */
  private async isUnchanged(before: Stripe.Invoice | null, what: string): Promise<void> {
    if (!before || !this.settled) return;
    const after = await this.invoice();
    const [was, is] = [moneyOf(before), after && moneyOf(after)];
    if (was !== is)
      throw new Error(`${what} was refused and has changed ${before.id} from ${was} to ${String(is)}`);
  }

  private async inStripe(
    { move, share, cents }: Extract<Move, { by: 'stripe' }>,
    invoice: Stripe.Invoice | null,
  ): Promise<void> {
    if (!invoice) throw REFUSED;
    const at = { living: this.living!, invoice, share, cents };
    const moved = (await untilTaken(() => doInStripe[move](this.systems, at))) as Moved | undefined;
    if (moved?.isGone) this.gone = true;
    // Half of them go on with the new one, the others with what it replaces.
    if (moved?.newInvoice && share < 0.5)
      this.living = { customer: this.living!.customer, stripeId: moved.newInvoice };
  }

  private async inOrg({ move, share, cents }: Extract<Move, { by: 'org' }>): Promise<void> {
    const crmId = await this.record();
    if (!crmId) throw REFUSED;
    const at = { crmId, share, cents, daysAhead: await this.daysAhead() };
    await this.asRep((rep) => doInOrg[move](rep, at, this.systems));
    if (move === 'delete') this.gone = true;
    if (move === 'schedule') this.settled = false;
  }

  private async daysAhead(): Promise<number> {
    const { clock } = this.living!.customer;
    if (!clock) return 0;
    const { frozen_time } = await this.systems.stripe.testHelpers.testClocks.retrieve(clock);
    return Math.max(0, Math.ceil((frozen_time - Date.now() / 1000) / 86_400));
  }

  /** The org's record; null where the invoice was deleted before it came there. */
  private async record(): Promise<string | null> {
    const deadline = Date.now() + WITHIN_MS;
    let catchUpAt = Date.now() + CATCH_UP_AFTER_MS;
    while (!this.living!.crmId) {
      const { stripeId } = this.living!;
      const [record] = await this.asRep((rep) =>
        rep.query(`SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${stripeId}'`),
      );
      this.living!.crmId = record?.Id;
      if (record) break;
      if (!(await this.invoice())) return null;
      if (Date.now() > deadline) throw new Error(`${stripeId} is not in the org.`);
      if (Date.now() > catchUpAt) {
        await this.systems.catchUp();
        catchUpAt = Date.now() + CATCH_UP_AFTER_MS;
      }
      await pause(LOOK_AFTER_MS);
    }
    return this.living!.crmId ?? null;
  }

  /** Stripe's invoice; null where there is none yet, or none any more. */
  private async invoice(): Promise<Stripe.Invoice | null> {
    const living = this.living!;
    if (!living.stripeId) {
      const [record] = await this.asRep((rep) =>
        rep.query(`SELECT Stripe_Invoice_Id__c FROM Invoice__c WHERE Id = '${living.crmId}'`),
      );
      living.stripeId = (record?.Stripe_Invoice_Id__c as string | undefined) ?? undefined;
      if (!living.stripeId) return null;
    }
    return untilTaken(() => this.systems.stripe.invoices.retrieve(living.stripeId!)).catch(
      (error: Stripe.errors.StripeError) => {
        if (error.code === 'resource_missing') return null;
        throw error;
      },
    );
  }

  private asRep<T>(work: (rep: OrgUser) => Promise<T>): Promise<T> {
    return asPerson(this.systems.world, 'rep', work);
  }
}

function stateOf(invoice: Stripe.Invoice | null): string {
  if (!invoice) return 'none';
  return invoice.status === 'open' && invoice.amount_paid > 0 ? 'part paid' : invoice.status!;
}

function moneyOf(invoice: Stripe.Invoice): string {
  const { status, number, total, amount_paid, amount_remaining, post_payment_credit_notes_amount } = invoice;
  return status === 'draft'
    ? status
    : JSON.stringify({
        status,
        number,
        total,
        amount_paid,
        amount_remaining,
        post_payment_credit_notes_amount,
      });
}

/** A system's own no, in words. */
function isRefusal(error: unknown): boolean {
  if (error instanceof OrgError) return error.status < 500 && error.message.length > 0;
  const { type = '', statusCode = 0 } = error as { type?: string; statusCode?: number };
  return type.startsWith('Stripe') && statusCode >= 400 && statusCode < 500 && statusCode !== 429;
}
