import { paymentState } from '../../sync/domain/paymentState.ts';
import { NOW, paymentStates } from './paymentStates.ts';

test.each(paymentStates)('$state of $facts', ({ state, facts }) =>
  expect(paymentState(facts, NOW)).toBe(state),
);
