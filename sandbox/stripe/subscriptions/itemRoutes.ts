import type { Call } from '../api/call.ts';
import { pageRules } from '../api/commonRules.ts';
import { missingReference, refused, resourceMissing } from '../api/errors.ts';
import { page } from '../api/pagination.ts';
import { route } from '../api/route.ts';
import { oneOf, required, text } from '../api/rules.ts';
import type { StoredSubscription, StoredSubscriptionItem } from '../wire.ts';
import { saveSubscription } from './changeSubscription.ts';
import { itemRules, unsupportedInItems } from './createSubscription.ts';
import { itemsOf, showItem, showSubscription } from './subscriptionObject.ts';
import { billedNow, changeItem } from './updateSubscription.ts';
import type { ItemChange } from './updateSubscription.ts';

const proration_behavior = oneOf('always_invoice', 'create_prorations', 'none');
const changeRules = { ...itemRules, proration_behavior };
const unsupported = [...unsupportedInItems, 'off_session', 'payment_behavior', 'proration_date'];
const PATH = '/v1/subscription_items';

export const subscriptionItemRoutes = [
  route('GET', PATH, {
    parameters: { ...pageRules, subscription: required(text()) },
    run({ sandbox }, values) {
      if (!sandbox.subscriptions.get(values.subscription))
        throw missingReference('subscription', values.subscription, 'subscription');
      return page(itemsOf(sandbox, values.subscription), values, {
        url: PATH,
        kind: 'subscription item',
        show: (one) => showItem(sandbox, one),
      });
    },
  }),
  route('POST', PATH, {
    parameters: { ...changeRules, subscription: required(text()) },
    unsupported,
    run(call, { subscription: id, proration_behavior: behavior, ...values }) {
      const subscription = living(call, id, missingReference('subscription', id, 'subscription'));
      const known = new Set(itemsOf(call.sandbox, id).map((item) => item.id));
      change(call, subscription, { ...values, behavior });
      return showItem(
        call.sandbox,
        itemsOf(call.sandbox, id).find((item) => !known.has(item.id))!,
      );
    },
  }),
  route('GET', `${PATH}/:item`, { parameters: {}, run: (call) => showItem(call.sandbox, found(call)) }),
  route('POST', `${PATH}/:item`, {
    parameters: changeRules,
    unsupported,
    run(call, { proration_behavior: behavior, ...values }) {
      const { id, subscription } = found(call);
      const owner = living(call, subscription, resourceMissing('subscription item', id, 'id'));
      change(call, owner, { ...values, id, behavior });
      return showItem(call.sandbox, found(call));
    },
  }),
  route('DELETE', `${PATH}/:item`, {
    parameters: { proration_behavior },
    unsupported: ['clear_usage', 'payment_behavior', 'proration_date'],
    run(call, { proration_behavior: behavior }) {
      const { id, subscription } = found(call);
      const owner = living(call, subscription, resourceMissing('subscription item', id, 'id'));
      if (itemsOf(call.sandbox, subscription).length === 1)
        throw refused(
          'A subscription must have at least one active item. To cancel it, use the cancel call instead.',
        );
      change(call, owner, { id, deleted: true, behavior });
      return { id, object: 'subscription_item', deleted: true };
    },
  }),
];

function change(call: Call, subscription: StoredSubscription, item: ItemChange): void {
  const before = showSubscription(call.sandbox, subscription);
  changeItem(call, subscription, item);
  saveSubscription(call, before, billedNow(call, subscription, item.behavior));
}

function living(call: Call, id: string, otherwise: Error): StoredSubscription {
  const subscription = call.sandbox.subscriptions.get(id);
  if (!subscription || subscription.ended_at !== null) throw otherwise;
  return subscription;
}

function found(call: Call): StoredSubscriptionItem {
  const id = call.path['item'] ?? '';
  const item = call.sandbox.subscriptionItems.get(id);
  if (!item) throw resourceMissing('subscription item', id, 'id');
  return item;
}
