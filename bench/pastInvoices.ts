import { startWorld, type World } from '../test/integration/world.ts';
import { withOwnPostgres } from './ownPostgres.ts';

const INVOICES_A_CUSTOMER = 100;

/** A world with the lease of production, and without a limit to Stripe's calls. */
export async function withImportWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  let result: T | undefined;
  await withOwnPostgres(async () => {
    const world = await startWorld({
      environment: { LEASE_SECONDS: '30', STRIPE_REQUESTS_PER_SECOND: '1000' },
      recordExchanges: false,
    });
    try {
      result = await work(world);
    } finally {
      await world.stop();
    }
  });
  return result!;
}

/** Customers whose Accounts have the same e-mail, and all their invoices, without events. */
export async function seedBothSides(world: World, invoices: number): Promise<{ total: number }> {
  const seeded = await world.control<{ total: number }>('stripe', 'POST', '/seed', {
    customers: invoices / INVOICES_A_CUSTOMER,
    invoices,
    paid: invoices * 0.8,
  });
  for await (const customer of world.stripe.customers.list({ limit: 100 })) {
    await world.admin.create('Account', { Name: customer.name, Billing_Email__c: customer.email });
  }
  return seeded;
}
