import type { Engine } from '../engine.ts';
import { RetryableFailure, SideRefusal, type SyncFailure } from '../failure.ts';
import { CircuitOpen, type Gate } from './gate.ts';
import { OTHER_ORG } from './orgIdentity.ts';

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

/** Why nothing is claimed, in words; null while work goes on. */
export function standstill({ gates }: Pick<Engine, 'gates'>): string | null {
  const { stripe, salesforce } = gates;
  const stopped = stripe.stopped ?? salesforce.stopped;
  if (stopped) return stopped.message;
  const down = [stripe, salesforce].filter((gate) => gate.breaker.isDown).map(outageWords);
  if (down.length > 0) return down.join(' ');
  return salesforce.budget && !salesforce.budget.allows('event') ? salesforce.budget.words : null;
}

function outageWords(gate: Gate): string {
  const { since } = gate.breaker.state();
  const name = gate.side === 'stripe' ? 'Stripe' : 'Salesforce';
  const at =
    since === null ? '' : ` since ${new Date(since).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  if (gate.refusal) return `${gate.refusal.message}${at && ` So it is${at}.`}`;
  return `${name} has not answered${at}. It is tried again and again; what is to be done is kept.`;
}

/** Whether calls of either side are refused at this moment without being tried. */
export const isSideDown = ({ gates }: Pick<Engine, 'gates'>): boolean =>
  [gates.stripe, gates.salesforce].some((gate) => gate.stopped !== undefined || gate.breaker.isOpen);

// The side asked for patience: whatever was to be done has not been tried.
const ASKED_FOR_PATIENCE = new Set([
  'stripe_rate_limit',
  'crm_request_limit_exceeded',
  'crm_budget',
  OTHER_ORG,
]);

/** Whether the failure says nothing about the record: a side was down, refused us altogether, or took no calls. It is then no try of it. */
export function isOutage({ gates }: Engine, failure: SyncFailure): boolean {
  if (!(failure instanceof RetryableFailure)) return false;
  if (
    failure instanceof SideRefusal ||
    failure.cause instanceof CircuitOpen ||
    ASKED_FOR_PATIENCE.has(failure.code)
  )
    return true;
  if (failure.code === 'stripe_unavailable') return gates.stripe.breaker.isDown;
  return failure.stage.endsWith('-crm') && failure.code !== 'crm_parent_missing'
    ? gates.salesforce.breaker.isDown
    : false;
}
