import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Contract, Violation } from '../../sandbox/stripe/contract/contract.ts';

export type Sample = Record<string, unknown>;

/** Stripe's sample objects by their name; deleted ones are not objects but answers and have their own test. */
export function readSamples(): Map<string, Sample> {
  const file = path.join(import.meta.dirname, 'fixtures/stripeObjects.json');
  const all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Sample>;
  return new Map(Object.entries(all));
}

export function checkSample(contract: Contract, sample: Sample): Violation[] {
  return sample.object === 'event' ? contract.checkEvent(sample) : contract.checkObject(sample);
}
