import type { Engine } from '../engine.ts';
import { RetryableFailure, type SyncFailure } from '../failure.ts';
import { CircuitOpen } from './gate.ts';

/**
 * How many records may be claimed: none while a side is down or the org's calls are kept for people, because every
 * record needs both sides; one while a side is being tried; otherwise `most`. What is not claimed waits as it is.
 */
export function roomForWork({ gates }: Pick<Engine, 'gates'>, most: number): number {
  const { stripe, salesforce } = gates;
  if (isSideDown({ gates })) return 0;
  if (salesforce.budget && !salesforce.budget.allows('event')) return 0;
  return stripe.breaker.isDown || salesforce.breaker.isDown ? Math.min(1, most) : most;
}

/** Whether calls of either side are refused at this moment without being tried. */
export const isSideDown = ({ gates }: Pick<Engine, 'gates'>): boolean =>
  gates.stripe.breaker.isOpen || gates.salesforce.breaker.isOpen;

// The side asked for patience: whatever was to be done has not been tried.
const ASKED_FOR_PATIENCE = new Set(['stripe_rate_limit', 'crm_request_limit_exceeded', 'crm_budget']);

/** Whether the failure says nothing about the record: a side was down, or took no calls. It is then no try of it. */
export function isOutage({ gates }: Engine, failure: SyncFailure): boolean {
  if (!(failure instanceof RetryableFailure)) return false;
  if (failure.cause instanceof CircuitOpen || ASKED_FOR_PATIENCE.has(failure.code)) return true;
  if (failure.code === 'stripe_unavailable') return gates.stripe.breaker.isDown;
  return failure.stage.endsWith('-crm') && failure.code !== 'crm_parent_missing'
    ? gates.salesforce.breaker.isDown
    : false;
}
