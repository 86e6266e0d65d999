import type { Route } from './api/route.ts';
import { balanceRoutes } from './balance/balanceRoutes.ts';
import { creditNoteRoutes } from './creditNotes/creditNoteRoutes.ts';
import { paymentPageRoutes } from './checkout/paymentPages.ts';
import { paymentLinkRoutes } from './checkout/paymentLinks.ts';
import { sessionRoutes } from './checkout/sessions.ts';
import { couponRoutes } from './discounts/coupons.ts';
import { invoiceRoutes } from './invoices/invoiceRoutes.ts';
import { lineRoutes } from './invoices/lineRoutes.ts';
import { chargeRoutes } from './payments/charges.ts';
import { invoicePaymentRoutes } from './payments/invoicePayments.ts';
import { intentActions } from './payments/intentActions.ts';
import { paymentIntentRoutes } from './payments/paymentIntents.ts';
import { paymentMethodRoutes } from './payments/paymentMethods.ts';
import { paymentRecordRoutes } from './payments/paymentRecords.ts';
import { refundRoutes } from './payments/refundRoutes.ts';
import { accountRoutes } from './resources/account.ts';
import { customerRoutes } from './resources/customers.ts';
import { eventRoutes } from './resources/events.ts';
import { invoiceItemRoutes } from './resources/invoiceItems.ts';
import { priceRoutes } from './resources/prices.ts';
import { productRoutes } from './resources/products.ts';
import { subscriptionItemRoutes } from './subscriptions/itemRoutes.ts';
import { subscriptionRoutes } from './subscriptions/subscriptionRoutes.ts';
import { testClockRoutes } from './time/testClockRoutes.ts';
import { webhookEndpointRoutes } from './resources/webhookEndpoints.ts';
import { taxIdRoutes } from './taxes/taxIds.ts';
import { taxRateRoutes } from './taxes/taxRates.ts';

/** Every call of Stripe's API that the sandbox serves. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...customerRoutes,
  ...balanceRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...taxRateRoutes,
  ...taxIdRoutes,
  ...couponRoutes,
  ...invoiceRoutes,
  ...lineRoutes,
  ...invoiceItemRoutes,
  ...subscriptionRoutes,
  ...subscriptionItemRoutes,
  ...testClockRoutes,
  ...invoicePaymentRoutes,
  ...paymentIntentRoutes,
  ...intentActions,
  ...paymentLinkRoutes,
  ...sessionRoutes,
  ...paymentPageRoutes,
  ...chargeRoutes,
  ...paymentMethodRoutes,
  ...paymentRecordRoutes,
  ...refundRoutes,
  ...creditNoteRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
];
