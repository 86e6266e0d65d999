import { AuraHandledException, type ApexContext } from './context.ts';

type Json = Record<string, unknown>;

/** Twin of InvoicebridgeApi.run. The sandbox's named credential adds the token, as the platform does. */
export async function runCommand(
  command: string,
  { invoiceId, idempotencyKey, params }: { invoiceId: string; idempotencyKey: string; params?: Json },
  context: ApexContext,
) {
  const path = `/v1/invoices/${invoiceId}/${encodeURIComponent(command)}`;
  return post(path, { body: params ?? {}, idempotencyKey }, context);
}

/** Twin of InvoicebridgeApi.sync. */
export async function runSync(
  resource: string,
  { recordId, idempotencyKey }: { recordId: string; idempotencyKey: string },
  context: ApexContext,
) {
  return post(`/v1/${resource}/${recordId}/sync`, { body: {}, idempotencyKey }, context);
}

/** Twin of InvoicebridgeApi.conflictsOf. */
export async function conflictsOf(recordId: string, context: ApexContext) {
  const headers = { 'X-Salesforce-Org-Id': context.orgId, 'X-Salesforce-User-Id': context.userId };
  const answer = await answerTo({ method: 'GET', path: `/v1/conflicts?crmId=${recordId}`, headers }, context);
  const records = answer.conflicts as { conflicts: Json[] }[] | undefined;
  if (!records) throw new AuraHandledException(String(answer.message));
  return records.flatMap(({ conflicts }) =>
    conflicts.map(({ id, message, other }) => ({ conflictId: id, message, other: other ?? null })),
  );
}

/** Twin of InvoicebridgeApi.settleConflict. */
export async function settleConflict(
  conflict: string,
  { recordId, idempotencyKey }: { recordId: string; idempotencyKey: string },
  context: ApexContext,
) {
  return post(`/v1/conflicts/${conflict}`, { body: { record: recordId }, idempotencyKey }, context);
}

/** Twin of InvoicebridgeApi.links. */
export async function readLinks(invoiceId: string, context: ApexContext) {
  const headers = { 'X-Salesforce-Org-Id': context.orgId, 'X-Salesforce-User-Id': context.userId };
  const answer = await answerTo({ method: 'GET', path: `/v1/invoices/${invoiceId}/links`, headers }, context);
  if ((answer.command as Json | undefined)?.status === 'failed')
    throw new AuraHandledException(String(answer.message));
  return {
    hostedInvoiceUrl: answer.hostedInvoiceUrl ?? null,
    invoicePdfUrl: answer.invoicePdfUrl ?? null,
    paymentLinkUrl: answer.paymentLinkUrl ?? null,
  };
}

/** Twin of InvoicebridgeApi.ask. */
export async function ask(path: string, params: string, context: ApexContext): Promise<Json> {
  const headers = { 'X-Salesforce-Org-Id': context.orgId, 'X-Salesforce-User-Id': context.userId };
  const body = JSON.parse(params) as Json;
  const answer = await answerTo({ method: 'POST', path, body, headers }, context);
  if ((answer.command as Json | undefined)?.status === 'failed')
    throw new AuraHandledException(String(answer.message));
  return answer;
}

async function post(
  path: string,
  { body, idempotencyKey }: { body: Json; idempotencyKey: string },
  context: ApexContext,
) {
  return toResult(await asked(path, { body, idempotencyKey }, context));
}

/** Twin of InvoicebridgeApi.post. */
export async function asked(
  path: string,
  { body, idempotencyKey }: { body: Json; idempotencyKey: string },
  context: ApexContext,
): Promise<Json> {
  return answerTo(
    {
      method: 'POST',
      path,
      body,
      headers: {
        'Idempotency-Key': idempotencyKey,
        'X-Salesforce-Org-Id': context.orgId,
        'X-Salesforce-User-Id': context.userId,
      },
    },
    context,
  );
}

async function answerTo(request: Parameters<ApexContext['callout']>[0], context: ApexContext): Promise<Json> {
  let response: { status: number; body: string };
  try {
    response = await context.callout(request);
  } catch (cause) {
    throw new AuraHandledException(
      'Invoicebridge did not answer. What you asked for may still be done: ' +
        `wait a minute, then use Sync to see. (${(cause as Error).message})`,
      { cause },
    );
  }
  const answer = parse(response.body);
  if (response.status < 400) return answer;
  const message = wordsFor(response.status, answer);
  const isRefused = (answer.command as Json | undefined)?.status === 'failed';
  if (!isRefused && (response.status === 429 || response.status >= 500))
    throw new AuraHandledException(message);
  return { command: { status: 'failed' }, message };
}

function wordsFor(status: number, problem: Json): string {
  if (typeof problem.detail === 'string' && problem.detail.trim()) return problem.detail;
  if (status === 401 || status === 403) {
    return 'Invoicebridge refused this org. Ask your administrator to check the token in the external credential Invoicebridge.';
  }
  if (status === 404) {
    return 'Invoicebridge does not know this record. Ask your administrator to check the address in the named credential Invoicebridge.';
  }
  if (status === 429) return 'Invoicebridge is very busy. Wait a minute and try again.';
  return `Invoicebridge has a problem (status ${status}). Your data is safe. Try again in a few minutes.`;
}

function parse(body: string): Json {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed) ? (parsed as Json) : {};
  } catch {
    // A proxy's error page is not JSON; the status code has to do.
    return {};
  }
}

function toResult(answer: Json) {
  const command = (answer.command ?? {}) as Json;
  const invoice = (answer.invoice ?? {}) as Json;
  return {
    newInvoiceId: ((answer.newInvoice ?? {}) as Json).id ?? null,
    commandId: command.id ?? null,
    status: command.status ?? null,
    message: answer.message ?? null,
    invoice: {
      stripeId: invoice.stripeId ?? null,
      status: invoice.status ?? null,
      invoiceNumber: invoice.number ?? null,
      total: invoice.total ?? null,
      currencyCode: invoice.currency ?? null,
      hostedInvoiceUrl: invoice.hostedInvoiceUrl ?? null,
    },
  };
}
