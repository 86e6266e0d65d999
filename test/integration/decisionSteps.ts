import { randomUUID } from 'node:crypto';
import type { JobSteps } from './jobSteps.ts';
import { streamIsRead } from './streamIsRead.ts';
import type { World } from './world.ts';

/** Who decides in these tests. */
export const USER = '005000000000001AAA';

interface Told {
  id: string;
  field: string;
  message: string;
  other: string | null;
}
interface Conflicting {
  crmId: string;
  stripeId: string;
  lineId: string;
  conflict: Told;
}

/** What people have conflicts over, and how they decide them. */
export interface DecisionSteps {
  openOf(crmId: string): Promise<Told[]>;
  decide(
    id: string,
    decision: 'use-other' | 'dismiss',
  ): Promise<{ status: number; message?: string; detail?: string; code?: string }>;
  settledOf(id: string): Promise<{ settled_by: string | null; settled_how: string | null } | undefined>;
  /** Everything that is under way has come to its end, the org's change stream, too. */
  rest(): Promise<void>;
  /** A draft whose description, or whose first line, both sides have changed. */
  conflicting(of?: 'invoice' | 'line'): Promise<Conflicting>;
  /** A draft of two lines, of which one side has deleted the first while the other one has edited it. */
  conflictingOverLine(deletedIn: 'org' | 'stripe'): Promise<Conflicting>;
  /** Of the lines on both sides, in order of their size. */
  quantities(of: { crmId: string; stripeId: string }): Promise<{ org: unknown[]; stripe: unknown[] }>;
}

export function decisionSteps(world: World, job: JobSteps): DecisionSteps {
  async function call<T>(method: string, path: string): Promise<T & { status: number }> {
    const response = await fetch(world.webUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${world.apiToken}`,
        'x-salesforce-org-id': world.orgId,
        'x-salesforce-user-id': USER,
        'idempotency-key': randomUUID(),
      },
    });
    return { ...((await response.json()) as T), status: response.status };
  }

  async function whileNoWorkerLooks(
    change: (draft: {
      crmId: string;
      stripeId: string;
      lineId: string;
      stripeLine: string;
    }) => Promise<unknown>,
  ): Promise<Conflicting> {
    const crmId = await job.raiseAndSync();
    await job.quiet();
    await world.stopWorker();
    const { id: stripeId } = await job.stripeInvoice(crmId);
    const [line] = await world.rep.lines(crmId);
    const lineId = line!.Id;
    await change({ crmId, stripeId, lineId, stripeLine: String(line!.Stripe_Line_Id__c) });
    await world.startWorker();
    await steps.rest();
    const [conflict] = await steps.openOf(crmId);
    return { crmId, stripeId, lineId, conflict: conflict! };
  }

  const steps: DecisionSteps = {
    openOf: async (crmId) => {
      type Listed = { conflicts: { conflicts: Told[] }[] };
      const { conflicts } = await call<Listed>('GET', `/v1/conflicts?crmId=${crmId}`);
      return conflicts.flatMap((record) => record.conflicts);
    },
    decide: (id, decision) => call('POST', `/v1/conflicts/${id}/${decision}`),
    settledOf: async (id) =>
      (await world.database.pool.query('SELECT settled_by, settled_how FROM conflict WHERE id = $1', [id]))
        .rows[0],
    rest: async () => {
      await job.quiet();
      await streamIsRead(world);
      await job.quiet();
    },
    conflicting: (of = 'invoice') =>
      whileNoWorkerLooks(async ({ crmId, stripeId, lineId, stripeLine }) => {
        if (of === 'invoice') {
          await world.rep.update('Invoice__c', crmId, { Description__c: 'By the rep' });
          await world.stripe.invoices.update(stripeId, { description: 'By finance' });
          return;
        }
        await world.rep.update('Invoice_Line__c', lineId, { Quantity__c: 9 });
        await world.stripe.invoices.updateLines(stripeId, { lines: [{ id: stripeLine, quantity: 4 }] });
      }),
    conflictingOverLine: (deletedIn) =>
      whileNoWorkerLooks(async ({ stripeId, lineId, stripeLine: id }) => {
        if (deletedIn === 'org') {
          await world.admin.delete('Invoice_Line__c', lineId);
          await world.stripe.invoices.updateLines(stripeId, { lines: [{ id, quantity: 7 }] });
          return;
        }
        await world.stripe.invoices.removeLines(stripeId, { lines: [{ id, behavior: 'delete' }] });
        await world.rep.update('Invoice_Line__c', lineId, { Quantity__c: 7 });
      }),
    quantities: async ({ crmId, stripeId }) => ({
      org: (await world.rep.lines(crmId)).map((line) => line.Quantity__c).sort(),
      stripe: (await world.stripe.invoices.retrieve(stripeId)).lines.data
        .map(({ quantity }) => quantity)
        .sort(),
    }),
  };
  return steps;
}
