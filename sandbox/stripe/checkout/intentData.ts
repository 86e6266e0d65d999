import { changedMetadata, metadata } from '../api/commonRules.ts';
import { given } from '../api/given.ts';
import type { Values } from '../api/parameters.ts';
import { hash, oneOf, text } from '../api/rules.ts';
import { shippingRules } from '../payments/intentActions.ts';
import type { IntentData } from '../wire.ts';

const shape = {
  capture_method: oneOf('automatic', 'automatic_async', 'manual'),
  description: text(),
  metadata,
  setup_future_usage: oneOf('off_session', 'on_session'),
  statement_descriptor: text({ max: 22 }),
  statement_descriptor_suffix: text({ max: 22 }),
};

/** What the payment intent is to say that a link or a session makes. */
export const linkIntentRules = hash(shape, ['transfer_group']);
export const sessionIntentRules = hash({ ...shape, receipt_email: text(), shipping: shippingRules }, [
  ...['application_fee_amount', 'on_behalf_of', 'transfer_data', 'transfer_group'],
]);

type Given = Partial<NonNullable<Values<{ data: typeof sessionIntentRules }>['data']>>;

export function intentData(values: Given = {}): IntentData {
  const { metadata: change, ...plain } = values;
  return {
    capture_method: null,
    description: null,
    receipt_email: null,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_group: null,
    ...given(plain),
    metadata: changedMetadata({}, change),
  };
}
