import type { MatchCase } from '../sync/store/matchCases.ts';

export const takenWords = (accountId: string) =>
  `Account ${accountId} is linked with another customer of Stripe. Choose another Account, or merge the customers in Stripe.`;

export const closedWords = ({ stripeId, state, accountId }: MatchCase) =>
  state === 'resolved'
    ? `${stripeId} is linked with Account ${accountId} already.`
    : `${stripeId} is being linked${accountId ? ` with Account ${accountId}` : ' with a new Account'} at this moment.`;
