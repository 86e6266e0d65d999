import { inRange, pageRules, timeRange } from '../api/commonRules.ts';
import { resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import { route } from '../api/route.ts';
import { text } from '../api/rules.ts';

export const paymentIntentRoutes = [
  route('GET', '/v1/payment_intents', {
    parameters: { ...pageRules, created: timeRange, customer: text() },
    unsupported: ['customer_account'],
    run({ sandbox }, values) {
      const { customer } = values;
      const all =
        customer === undefined ? sandbox.intents.values() : sandbox.by.intentOfCustomer.all(customer);
      const wanted = newestFirst(all).filter((one) => inRange(one.created, values.created));
      return page(wanted, values, {
        url: '/v1/payment_intents',
        kind: 'payment_intent',
        show: (one) => one,
      });
    },
  }),
  route('GET', '/v1/payment_intents/:intent', {
    parameters: { client_secret: text() },
    run({ sandbox, path }) {
      const id = path['intent'] ?? '';
      const intent = sandbox.intents.get(id);
      if (!intent) throw resourceMissing('payment_intent', id, 'intent');
      return intent;
    },
  }),
];
