import { jobSteps } from './jobSteps.ts';
import { priceSteps } from './priceSteps.ts';
import { eventually, startWorld } from './world.ts';

test('another price book than the standard one is kept in Stripe when a setting names it', async () => {
  const world = await startWorld({
    environment: { CRM_SWEEP_SECONDS: '0.3', SALESFORCE_PRICE_BOOK: 'Partners' },
  });
  try {
    const [steps, job] = [priceSteps(world), await jobSteps(world)];
    const bookId = await world.admin.create('Pricebook2', { Name: 'Partners', IsActive: true });
    const { productId, stripeProductId } = await steps.linkedProduct([]);
    const [standard] = await world.admin.query('SELECT Id FROM Pricebook2 WHERE IsStandard = true');
    for (const [book, UnitPrice] of [
      [standard!.Id, 100],
      [bookId, 80],
    ])
      await world.admin.create('PricebookEntry', {
        Pricebook2Id: book,
        Product2Id: productId,
        UnitPrice,
        IsActive: true,
      });
    await eventually(async () => (await steps.prices(stripeProductId)).length > 0, 'there is a price');
    await job.quiet();
    expect(await steps.prices(stripeProductId)).toMatchObject([{ unit_amount: 8_000, active: true }]);
    expect(await steps.entriesOf(productId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ UnitPrice: 100, Stripe_Price_Id__c: null }),
        expect.objectContaining({ UnitPrice: 80, Sync_Status__c: 'Synced' }),
      ]),
    );
  } finally {
    await world.stop();
  }
});
