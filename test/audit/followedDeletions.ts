import { randomUUID } from 'node:crypto';
import type { JobSteps } from '../integration/jobSteps.ts';
import { eventually, type World } from '../integration/world.ts';
import { linkedProduct, pricePair } from './plantPrices.ts';

/** What people deleted or merged, and the engine has followed: the sides differ as they are meant to. */
export async function followedDeletions(world: World, steps: JobSteps): Promise<void> {
  const { admin, stripe } = world;
  const tell = (entity: string, crmId: string) =>
    world.database.pool.query('SELECT mark_dirty($1, NULL, $2, $3)', [entity, crmId, 'salesforce']);
  const removeInOrg = async (entity: string, { object, id }: { object: string; id: string }) => {
    await admin.delete(object, id);
    await tell(entity, id);
    await eventually(
      async () =>
        (
          await world.database.pool.query(
            'SELECT FROM sync_record WHERE entity = $1 AND crm_id = $2 AND crm_gone_at IS NOT NULL',
            [entity, id],
          )
        ).rowCount,
      `the deletion of the ${entity} was followed`,
    );
  };

  const [draft, draftInStripe, paid] = [
    await steps.raiseAndSync(),
    await steps.raiseAndSync(),
    await steps.raiseAndSend(),
  ];
  await removeInOrg('invoice', { object: 'Invoice__c', id: draft });
  await stripe.invoices.del((await steps.stripeInvoice(draftInStripe)).id);
  const { id: stripeId } = await steps.stripeInvoice(paid);
  await stripe.invoices.pay(stripeId, { paid_out_of_band: true });
  await steps.becomes(paid, 'Paid');
  await removeInOrg('invoice', { object: 'Invoice__c', id: paid });
  // It waits for its invoice, should somebody restore that.
  await stripe.creditNotes.create({ invoice: stripeId, amount: 100, out_of_band_amount: 100 });

  const [deleted, lost, winner] = [
    await account(world, tell),
    await account(world, tell),
    await account(world, tell),
  ];
  await removeInOrg('customer', { object: 'Account', id: deleted });
  await world.control('org', 'POST', '/merge', { masterId: winner, mergedIds: [lost] });
  await tell('customer', lost);
  await eventually(
    async () =>
      (await world.database.pool.query('SELECT FROM sync_record WHERE merged_into = $1', [winner])).rowCount,
    'the customer of the merged account is a second name of the other',
  );

  const { productId } = await linkedProduct(world);
  await removeInOrg('product', { object: 'Product2', id: productId });
  const { entryId, priceId } = await pricePair(world, 15);
  await admin.delete('PricebookEntry', entryId);
  await tell('price', entryId);
  await eventually(async () => !(await stripe.prices.retrieve(priceId)).active, 'the price is archived');
  await steps.quiet();
  // Stripe's own matter from then on.
  await stripe.prices.update(priceId, { active: true });
}

/** A new Account with a customer in Stripe. */
async function account(
  { admin, stripe }: World,
  tell: (entity: string, crmId: string) => Promise<unknown>,
): Promise<string> {
  const name = `Audited ${randomUUID().slice(0, 8)}`;
  const id = await admin.create('Account', { Name: name, Billing_Email__c: 'ap@example.com' });
  const { id: customer } = await stripe.customers.create({ name, metadata: { salesforce_id: id } });
  await admin.update('Account', id, { Stripe_Customer_Id__c: customer });
  await tell('customer', id);
  await eventually(
    async () =>
      (await admin.query(`SELECT Sync_Status__c FROM Account WHERE Id = '${id}'`))[0]!.Sync_Status__c ===
      'Synced',
    `${name} is synced`,
  );
  return id;
}
