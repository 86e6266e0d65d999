import { randomUUID } from 'node:crypto';
import request from 'supertest';
import type { World } from './world.ts';

export interface ActOptions {
  key?: string;
  body?: object;
}

export interface ActAnswer {
  status: number;
  body: {
    code?: string;
    detail?: string;
    message?: string;
    command?: { id: string };
    newInvoice?: { id: string; stripeId: string } | null;
    invoice?: { id: string; stripeId: string; total: number } | null;
  };
}

/** One action on an invoice, asked of the middleware as the org's buttons do. */
export async function actOn(
  world: World,
  { action, crmId }: { action: string; crmId: string },
  { key = randomUUID(), body = {} }: ActOptions = {},
): Promise<ActAnswer> {
  return request(world.webUrl)
    .post(`/v1/invoices/${crmId}/${action}`)
    .send(body)
    .set('authorization', `Bearer ${world.apiToken}`)
    .set('x-salesforce-org-id', world.orgId)
    .set('idempotency-key', key);
}
