import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let job: JobSteps;
beforeAll(async () => {
  world = await startWorld({ environment: { CRM_SWEEP_SECONDS: '0.5' } });
  job = await jobSteps(world);
});
afterAll(() => world?.stop());
afterEach(() => withoutFaults(world));

/** Changes both sides of a draft while no worker looks; the webhook of the change in Stripe finds them both. */
async function editedOnBothSides(inOrg = 'Written in the org', inStripe = 'Written in Stripe') {
  const id = await job.raiseAndSync();
  await job.quiet();
  await world.stopWorker();
  await world.rep.update('Invoice__c', id, { Description__c: inOrg });
  await world.stripe.invoices.update((await job.stripeInvoice(id)).id, { description: inStripe });
  return id;
}

async function conflicting(): Promise<string> {
  const id = await editedOnBothSides();
  await world.startWorker();
  await job.quiet();
  return id;
}

const kept = async (id: string) =>
  (
    await world.database.pool.query<{
      field: string;
      stripe_value: string;
      crm_value: string;
      winner: string;
    }>(
      `SELECT field, stripe_value, crm_value, winner FROM conflict JOIN sync_record r ON r.id = record_id
       WHERE crm_id = $1 ORDER BY conflict.id`,
      [id],
    )
  ).rows;

async function writes(): Promise<number> {
  const { byPath } = await world.control<{ byPath: Record<string, number> }>('org', 'GET', '/calls');
  return Object.entries(byPath).reduce(
    (sum, [path, count]) => sum + (path.startsWith('PATCH') ? count : 0),
    0,
  );
}

const shownOn = async (id: string) => {
  const { Sync_Status__c: status, Sync_Error__c: note } = await world.rep.invoice(id);
  return { status, note: (note ?? null) as string | null };
};

describe('an invoice that was changed on both sides', () => {
  test('says which field, both values, which one stayed and what to do, and is written no second time', async () => {
    const id = await conflicting();
    const { status, note } = await shownOn(id);
    expect(status).toBe('Conflict');
    expect(note).toBe(
      'Both sides changed Description: “Written in the org” of Salesforce stayed, “Written in Stripe” of Stripe was replaced. ' +
        'Where the value that was replaced is the right one, choose Use other value where the page offers it, or enter it again. A sync by hand takes this note away.',
    );
    expect((await job.stripeInvoice(id)).description).toBe('Written in the org');
    expect(await kept(id)).toEqual([
      {
        field: 'description',
        stripe_value: 'Written in Stripe',
        crm_value: 'Written in the org',
        winner: 'salesforce',
      },
    ]);

    // The note is itself a change that the sweep finds; and other news about the record leave it alone.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await job.quiet();
    await world.control('org', 'DELETE', '/calls');
    await world.stripe.invoices.update((await job.stripeInvoice(id)).id, {
      metadata: { note: 'none of ours' },
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await job.quiet();
    expect(await writes()).toBe(0);
    expect(await shownOn(id)).toEqual({ status, note });
  });

  test('shows it until a person syncs the record', async () => {
    const id = await conflicting();
    await world.rep.sync(id);
    await job.quiet();
    expect(await shownOn(id)).toEqual({ status: 'Synced', note: null });
    expect(await kept(id)).toHaveLength(1);
  });

  test('shows it until somebody edits the field again, but not another field', async () => {
    const id = await conflicting();
    await world.rep.update('Invoice__c', id, { Due_Date__c: '2098-05-05' });
    await world.rep.send(id).catch(() => undefined);
    await job.quiet();
    expect((await shownOn(id)).status).toBe('Conflict');

    const again = await conflicting();
    await world.rep.update('Invoice__c', again, { Description__c: 'Settled by a person' });
    await eventually(async () => (await shownOn(again)).status === 'Synced', 'the note goes');
    await job.quiet();
    expect(await shownOn(again)).toEqual({ status: 'Synced', note: null });
    expect((await job.stripeInvoice(again)).description).toBe('Settled by a person');
  });

  test('keeps the conflict once, though writing the org failed after Stripe had been written', async () => {
    const id = await editedOnBothSides('Org before the outage', 'Stripe before the outage');
    await world.control('org', 'POST', '/faults', {
      match: { method: 'PATCH', path: '/composite/sobjects' },
      kind: 'status',
      status: 503,
      times: 2,
    });
    await world.startWorker();
    await job.quiet();
    expect(await kept(id)).toMatchObject([
      { stripe_value: 'Stripe before the outage', crm_value: 'Org before the outage' },
    ]);
    expect((await shownOn(id)).status).toBe('Conflict');
    expect((await shownOn(id)).note).toContain('“Stripe before the outage”');
  });

  test('names the line and its prices in money', async () => {
    const id = await job.raiseAndSync();
    await job.quiet();
    await world.stopWorker();
    const [line] = await world.rep.lines(id);
    await world.rep.update('Invoice_Line__c', line!.Id, { Unit_Price__c: 12.5 });
    await world.stripe.invoices.updateLines((await job.stripeInvoice(id)).id, {
      lines: [
        {
          id: String(line!.Stripe_Line_Id__c),
          price_data: {
            currency: 'usd',
            product: (await world.stripe.products.list({ limit: 1 })).data[0]!.id,
            unit_amount: 777,
          },
        },
      ],
    });
    await world.startWorker();
    await job.quiet();
    const { status, note } = await shownOn(id);
    expect(status).toBe('Conflict');
    expect(note).toContain('Both sides changed Unit amount of line “');
    expect(note).toContain('12.50 USD of Salesforce stayed, 7.77 USD of Stripe was replaced.');
  });

  test('says of a finalized invoice that an edit in the org was put back', async () => {
    const id = await job.raiseAndSend();
    await job.quiet();
    await world.rep.update('Invoice__c', id, { Description__c: 'Too late' });
    await eventually(async () => (await shownOn(id)).status === 'Conflict', 'the edit is put back');
    await job.quiet();
    const { status, note } = await shownOn(id);
    expect(status).toBe('Conflict');
    expect(note).toBe(
      'Description belongs to Stripe: “Work of the quarter” of Stripe stayed, “Too late” of Salesforce was put back. ' +
        'A finalized invoice cannot be changed: if it is wrong, revise it, or void it and raise a new one. ' +
        'A sync by hand takes this note away.',
    );
    expect((await world.rep.invoice(id)).Description__c).toBe('Work of the quarter');
  });
});

test('an Account that was changed on both sides shows it, is listed, and a sync by hand clears it', async () => {
  const invoice = await job.stripeInvoice(await job.raiseAndSync());
  const customer = String(invoice.customer);
  const [account] = await world.rep.query<{ Id: string }>(
    `SELECT Id FROM Account WHERE Stripe_Customer_Id__c = '${customer}'`,
  );
  await job.quiet();
  await world.stopWorker();
  await world.rep.update('Account', account!.Id, { Phone: '+1 555 0101' });
  await world.stripe.customers.update(customer, { phone: '+1 555 0202' });
  await world.startWorker();
  await job.quiet();

  const shown = async () =>
    (
      await world.rep.query(
        `SELECT Phone, Sync_Status__c, Sync_Error__c FROM Account WHERE Id = '${account!.Id}'`,
      )
    )[0]!;
  expect(await shown()).toMatchObject({ Phone: '+1 555 0101', Sync_Status__c: 'Conflict' });
  expect((await shown()).Sync_Error__c).toContain(
    '“+1 555 0101” of Salesforce stayed, “+1 555 0202” of Stripe was replaced.',
  );

  const call = (method: string, path: string) =>
    fetch(world.webUrl + path, {
      method,
      headers: {
        authorization: `Bearer ${world.apiToken}`,
        'x-salesforce-org-id': world.orgId,
        'idempotency-key': 'conflict-account-1',
      },
    }).then((response) => response.json());
  expect(await call('GET', '/v1/conflicts?entity=customer')).toMatchObject({
    conflicts: [
      {
        entity: 'customer',
        crmId: account!.Id,
        stripeId: customer,
        conflicts: [
          { field: 'phone', salesforce: '+1 555 0101', stripe: '+1 555 0202', winner: 'salesforce' },
        ],
      },
    ],
    next: null,
  });
  expect(await call('POST', `/v1/accounts/${account!.Id}/sync`)).toMatchObject({
    message: 'Nothing differed: Salesforce and Stripe say the same.',
    record: { crmId: account!.Id, stripeId: customer },
    changes: [],
  });
  expect(await shown()).toMatchObject({ Sync_Status__c: 'Synced', Sync_Error__c: null });
  expect(await call('GET', '/v1/conflicts?entity=customer')).toEqual({ conflicts: [], next: null });
});

test.each([
  ['a draft', () => job.raiseAndSync()],
  ['an open invoice', () => job.raiseAndSend()],
])('%s that somebody moves to another Account is put back, and the record says why', async (_, raise) => {
  const id = await raise();
  await job.quiet();
  const accountOf = async () =>
    (await world.rep.query(`SELECT Account__c FROM Invoice__c WHERE Id = '${id}'`))[0]!.Account__c;
  const home = await accountOf();
  const other = await world.admin.create('Account', { Name: 'Not the payer' });
  await world.admin.update('Invoice__c', id, { Account__c: other });
  await eventually(async () => (await shownOn(id)).status === 'Conflict', 'it is found');
  await job.quiet();
  expect(await accountOf()).toBe(home);
  expect((await shownOn(id)).note).toContain(
    `Account belongs to Stripe: “${job.account}” of Stripe stayed, “Not the payer” of Salesforce was put back. Stripe does not give an invoice to another customer: delete the draft, or void the invoice, and raise it anew for the other Account.`,
  );
  expect(await kept(id)).toEqual([
    { field: 'account', stripe_value: job.account, crm_value: 'Not the payer', winner: 'stripe' },
  ]);
  await job.sync(id);
  expect(await shownOn(id)).toEqual({ status: 'Synced', note: null });
});
