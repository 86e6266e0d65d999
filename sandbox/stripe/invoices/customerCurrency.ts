import type { Call } from '../api/call.ts';
import { saveCustomer } from '../resources/customers.ts';

/** A customer's currency is that of the first thing billed to them; Stripe tells it in customer.updated. */
export function adoptCurrency(call: Call, customerId: string, currency: string): void {
  const customer = call.sandbox.customers.get(customerId);
  if (customer && customer.currency === null) saveCustomer(call, customer, { ...customer, currency });
}
