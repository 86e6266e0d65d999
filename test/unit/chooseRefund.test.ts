import { chooseRefund } from '../../sync/domain/chooseRefund.ts';

const newest = { id: 'pi_2', left: 500 };
const oldest = { id: 'pi_1', left: 4_000 };
const both = [newest, oldest];

test.each([
  ['all of the newest', both, {}, { payment: 'pi_2', amount: 500, left: 0 }],
  ['a part of the newest', both, { amount: 200 }, { payment: 'pi_2', amount: 200, left: 300 }],
  ['the newest that has enough', both, { amount: 501 }, { payment: 'pi_1', amount: 501, left: 3_499 }],
  ['the one that is named', both, { payment: 'pi_1' }, { payment: 'pi_1', amount: 4_000, left: 0 }],
  [
    'the newest that has any',
    [{ id: 'pi_3', left: 0 }, oldest],
    {},
    { payment: 'pi_1', amount: 4_000, left: 0 },
  ],
  ['more than any has', both, { amount: 4_001 }, { refused: 'refund_too_large', most: 4_000 }],
  [
    'more than the named has',
    both,
    { payment: 'pi_2', amount: 501 },
    { refused: 'refund_too_large', most: 500 },
  ],
  ['one that is not of it', both, { payment: 'pi_9' }, { refused: 'unknown_payment' }],
  ['what is refunded', [{ id: 'pi_2', left: 0 }], {}, { refused: 'nothing_to_refund' }],
  ['nothing', [], {}, { refused: 'nothing_to_refund' }],
])('a refund of %s', (_, payments, asked, chosen) => expect(chooseRefund(payments, asked)).toEqual(chosen));
