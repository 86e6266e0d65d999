import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { splitName } from '../../sync/domain/personName.ts';
import { daysFromNow, OrgError } from '../integration/orgUser.ts';
import { edit, pairedId } from './edits.ts';
import type { CustomerField } from './history.ts';
import { inSetup } from './inSetup.ts';
import { newInvoiceJournal, newJournal, type InvoiceJournal } from './journal.ts';
import type { CustomerStep, Decision } from './keeperSteps.ts';
import { accountField, living, type KeptAccount } from './keptAccount.ts';
import { persistently } from './persistently.ts';
import type { Simulated } from './simulated.ts';

type Of<D extends CustomerStep['do']> = Extract<CustomerStep, { do: D }>;

export interface KeptInvoice {
  journal: InvoiceJournal;
  account: KeptAccount;
}

/** A customer that somebody made in Stripe. */
export interface Stray {
  stripeId: string;
  name: string;
  decision: Decision | null;
  account: KeptAccount | null;
  /** Its draft. */
  invoice: string | null;
}

// While Stripe's deliveries are held it takes longer, and nobody decides.
const QUEUED_WITHIN_MS = 2_000;

/** Carries out what the keepers of some customers do on either side, and notes what the systems took. */
export class CustomerKeeper {
  readonly accounts: KeptAccount[] = [];
  readonly invoices: KeptInvoice[] = [];
  readonly strays: Stray[] = [];
  readonly pressed: Promise<unknown>[] = [];
  private readonly simulated: Simulated;
  private readonly name: string;
  private counter = 0;

  constructor(simulated: Simulated, name: string) {
    this.simulated = simulated;
    this.name = name;
  }

  get crmIds(): string[] {
    const journals = [...this.accounts, ...this.invoices].map(({ journal }) => journal.crmId);
    return journals.flatMap((id) => id ?? []);
  }

  async act(step: CustomerStep): Promise<void> {
    switch (step.do) {
      case 'pause':
        return void (await new Promise((resolve) => setTimeout(resolve, step.ms)));
      case 'keepCustomers':
        for (const one of step.accounts) await this.begin(one);
        return;
      case 'customerInStripe':
        return this.makeInStripe(step);
      case 'decide': {
        const stray = this.strays[step.customer % Math.max(this.strays.length, 1)];
        return stray && this.decide(stray, step);
      }
      default: {
        // Who opens an Account that was merged away is led to the one that stayed.
        const account = living(this.accounts[step.account % this.accounts.length]!);
        return this.actOn(account, step);
      }
    }
  }

  private async actOn(
    account: KeptAccount,
    step: Of<
      'syncAccount' | 'editAccount' | 'mergeAccounts' | 'deleteAccount' | 'restoreAccount' | 'billAccount'
    >,
  ): Promise<void> {
    switch (step.do) {
      case 'syncAccount':
        return this.press(account, step.wait);
      case 'editAccount': {
        const field = accountField(this.simulated, account, step.field);
        return void (await edit(field, step.side, this.value(step.field)));
      }
      case 'mergeAccounts':
        return this.merge(account, living(this.accounts[step.into % this.accounts.length]!));
      case 'deleteAccount':
        return this.delete(account);
      case 'restoreAccount':
        if (!account.deleted) return;
        if (await inSetup(this.simulated, '/undelete', { ids: [account.journal.crmId] }))
          account.deleted = false;
        return;
      case 'billAccount':
        return step.side === 'stripe' ? this.billInStripe(account) : this.raise(account, step);
    }
  }

  private async begin({ kind, synced }: Of<'keepCustomers'>['accounts'][number]): Promise<void> {
    const { admin } = this.simulated.world;
    const email = this.value('email');
    const name = this.value('name');
    const fields = {
      business: { Name: name, Billing_Email__c: email },
      contact: { Name: name },
      person: { ...splitName(name), PersonEmail: email },
    };
    const id = (await persistently(() => admin.create('Account', fields[kind])))!;
    const account: KeptAccount = {
      journal: newJournal('customer', id),
      kind,
      contactId: null,
      deleted: false,
      mergedInto: null,
      mayHaveCustomer: false,
      mayHaveMade: false,
      wasSynced: false,
    };
    if (kind === 'contact') {
      const contact = { LastName: 'Payer', Email: email, AccountId: id };
      account.contactId = (await persistently(() => admin.create('Contact', contact)))!;
      await persistently(() => admin.update('Account', id, { Billing_Contact__c: account.contactId }));
    }
    this.accounts.push(account);
    if (synced) await this.press(account, false);
  }

  private getsCustomer(account: KeptAccount): void {
    account.mayHaveMade ||= !account.mayHaveCustomer;
    account.mayHaveCustomer = true;
  }

  private async press(account: KeptAccount, wait: boolean): Promise<void> {
    if (account.deleted) return;
    const params = { recordId: account.journal.crmId, idempotencyKey: randomUUID() };
    this.getsCustomer(account);
    const pressing = this.simulated.world.rep
      .apex<{ status: string }>('RecordSyncController', 'syncRecord', params)
      .then(({ status }) => void (account.wasSynced ||= status === 'done'))
      .catch(() => undefined);
    this.pressed.push(pressing);
    if (wait) await pressing;
  }

  /** The org merges two businesses, or two persons. */
  private async merge(lost: KeptAccount, winner: KeptAccount): Promise<void> {
    if (lost === winner || lost.deleted || winner.deleted) return;
    if ((lost.kind === 'person') !== (winner.kind === 'person')) return;
    const body = { masterId: winner.journal.crmId, mergedIds: [lost.journal.crmId] };
    if (!(await inSetup(this.simulated, '/merge', body))) return;
    lost.mergedInto = winner;
    winner.mayHaveCustomer ||= lost.mayHaveCustomer;
  }

  private async delete(account: KeptAccount): Promise<void> {
    if (account.deleted) return;
    const { admin } = this.simulated.world;
    const done = await persistently(async () => {
      await admin.delete('Account', account.journal.crmId!);
      return true;
    });
    account.deleted = done === true;
  }

  private async billInStripe(account: KeptAccount): Promise<void> {
    const customer = await pairedId(this.simulated, account.journal);
    const id = customer && (await this.billCustomer(customer));
    if (id) this.invoices.push({ journal: newInvoiceJournal({ stripeId: id }, []), account });
  }

  private async billCustomer(customer: string): Promise<string | undefined> {
    const { stripe } = this.simulated.world;
    const once = { idempotencyKey: randomUUID() };
    const params = {
      customer,
      collection_method: 'send_invoice',
      days_until_due: 30,
      currency: 'usd',
    } as const;
    return (await persistently(() => stripe.invoices.create(params, once)))?.id;
  }

  private async raise(account: KeptAccount, { cents }: Of<'billAccount'>): Promise<void> {
    if (account.deleted) return;
    const { rep } = this.simulated.world;
    const params = {
      accountId: account.journal.crmId,
      description: 'Work of the quarter',
      dueDate: daysFromNow(30),
      lines: [
        {
          productId: this.simulated.sharedProduct,
          description: null,
          unitPrice: (1000 + cents) / 100,
          quantity: 1,
        },
      ],
      requestKey: randomUUID(),
    };
    const raised = await persistently(() =>
      rep.apex<{ invoiceId: string }>('RaiseInvoiceController', 'createInvoice', params),
    );
    if (!raised) return;
    this.getsCustomer(account);
    const lines = await persistently(() => rep.lines(raised.invoiceId));
    const ids = lines!.map(({ Id }) => Id);
    this.invoices.push({ journal: newInvoiceJournal({ crmId: raised.invoiceId }, ids), account });
  }

  private async makeInStripe({ billed }: Of<'customerInStripe'>): Promise<void> {
    const { stripe } = this.simulated.world;
    const name = this.value('name');
    const once = { idempotencyKey: randomUUID() };
    const made = await persistently(() =>
      stripe.customers.create({ name, email: this.value('email') }, once),
    );
    if (!made) return;
    const stray: Stray = { stripeId: made.id, name, decision: null, account: null, invoice: null };
    this.strays.push(stray);
    if (billed) stray.invoice = (await this.billCustomer(made.id)) ?? null;
  }

  /** Once the customer is in the queue, which may take a moment, and unless somebody has decided. */
  private async decide(stray: Stray, { decision, account: index }: Of<'decide'>): Promise<void> {
    if (stray.decision || !(await this.isQueued(stray))) return;
    const account = living(this.accounts[index % this.accounts.length]!);
    const body = decision === 'account' ? { accountId: account.journal.crmId } : { action: decision };
    const { world } = this.simulated;
    const status = await persistently(async () => {
      const answer = await fetch(`${world.webUrl}/v1/matches/${stray.stripeId}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${world.apiToken}`,
          'x-salesforce-org-id': world.orgId,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
      if (answer.status >= 500) throw new OrgError(answer.status, undefined);
      return answer.status;
    });
    if (status !== 202) return;
    stray.decision = decision;
    const { decided } = this.simulated;
    decided.set(decision, (decided.get(decision) ?? 0) + 1);
    if (decision !== 'account') return;
    stray.account = account;
    account.mayHaveCustomer = true;
  }

  private async isQueued({ stripeId }: Stray): Promise<boolean> {
    const deadline = Date.now() + QUEUED_WITHIN_MS;
    const { pool } = this.simulated.world.database;
    for (;;) {
      const { rowCount } = await pool.query('SELECT FROM match_case WHERE stripe_id = $1', [stripeId]);
      if (rowCount) return true;
      if (Date.now() > deadline) return false;
      await pause(40);
    }
  }

  private value(field: CustomerField): string {
    this.counter += 1;
    if (field === 'email')
      return `${this.name.replaceAll(' ', '.')}.${this.counter}@example.com`.toLowerCase();
    return field === 'phone'
      ? `+1 555 ${this.name.replace(/\D/g, '')} ${this.counter}`
      : `${this.name} Number ${this.counter}`;
  }
}
