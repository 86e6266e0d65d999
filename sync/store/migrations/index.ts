import { Initial1795219200000 } from './1795219200000-initial.ts';
import { Receiving1795305600000 } from './1795305600000-receiving.ts';
import { EventSubjects1795305660000 } from './1795305660000-event-subjects.ts';
import { CrmSnapshot1795309200000 } from './1795309200000-crm-snapshot.ts';
import { Tombstones1795312800000 } from './1795312800000-tombstones.ts';
import { IgnoredPrices1795316400000 } from './1795316400000-ignored-prices.ts';
import { Backfill1795320000000 } from './1795320000000-backfill.ts';
import { WorkerState1795323600000 } from './1795323600000-worker-state.ts';
import { People1795327200000 } from './1795327200000-people.ts';
import { Overwritten1795395600000 } from './1795395600000-overwritten.ts';
import { FollowUp1795399200000 } from './1795399200000-follow-up.ts';
import { CommandPresses1795402800000 } from './1795402800000-command-presses.ts';
import { Refunds1795413600000 } from './1795413600000-refunds.ts';
import { CommandParams1795417200000 } from './1795417200000-command-params.ts';
import { InvoiceRevisions1795428000000 } from './1795428000000-invoice-revisions.ts';
import { SettledConflicts1795440000000 } from './1795440000000-settled-conflicts.ts';
import { PaymentLinks1795445000000 } from './1795445000000-payment-links.ts';
import { Reminders1795455000000 } from './1795455000000-reminders.ts';
import { Documents1795456000000 } from './1795456000000-documents.ts';
import { StripeWrites1795470000000 } from './1795470000000-stripe-writes.ts';

/** In order of time. Append only: a migration that has been released is never edited. */
export const migrations = [
  Initial1795219200000,
  Receiving1795305600000,
  EventSubjects1795305660000,
  CrmSnapshot1795309200000,
  Tombstones1795312800000,
  IgnoredPrices1795316400000,
  Backfill1795320000000,
  WorkerState1795323600000,
  People1795327200000,
  Overwritten1795395600000,
  FollowUp1795399200000,
  CommandPresses1795402800000,
  Refunds1795413600000,
  CommandParams1795417200000,
  InvoiceRevisions1795428000000,
  SettledConflicts1795440000000,
  PaymentLinks1795445000000,
  Reminders1795455000000,
  Documents1795456000000,
  StripeWrites1795470000000,
];
