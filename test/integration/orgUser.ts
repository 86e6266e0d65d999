import { randomUUID } from 'node:crypto';

/** What Apex makes of the middleware's answer for the components. */
export interface CommandAnswer {
  commandId: string | null;
  status: 'done' | 'running' | 'failed';
  message: string;
  invoice: { stripeId: string | null; status: string | null; total: number | null };
}

export type OrgRecord = { Id: string; [field: string]: unknown };

/** A person in the org: what the Lightning page does, over the same paths. */
export class OrgUser {
  private readonly orgUrl: string;
  private readonly cookie: string;

  private constructor(orgUrl: string, cookie: string) {
    this.orgUrl = orgUrl;
    this.cookie = cookie;
  }

  static async login(orgUrl: string, name: string): Promise<OrgUser> {
    const session = (await (await fetch(`${orgUrl}/sandbox/session`)).json()) as {
      users: { id: string; name: string }[];
    };
    const user = session.users.find((each) => each.name === name);
    if (!user) throw new Error(`The org has no user ${name}.`);
    const response = await fetch(`${orgUrl}/sandbox/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId: user.id }),
    });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (!cookie) throw new Error(`No session for ${name}: ${response.status}`);
    return new OrgUser(orgUrl, cookie);
  }

  async apex<T>(className: string, method: string, params: object): Promise<T> {
    const answer = await this.call('POST', '/webruntime/api/apex/execute', {
      namespace: '',
      classname: className,
      method,
      isContinuation: false,
      params,
      cacheable: false,
    });
    return (answer as { returnValue: T }).returnValue;
  }

  async query<T = OrgRecord>(soql: string): Promise<T[]> {
    const answer = await this.call('GET', `/services/data/v67.0/query?q=${encodeURIComponent(soql)}`);
    return (answer as { records: T[] }).records;
  }

  async update(object: string, id: string, fields: object): Promise<void> {
    await this.call('PATCH', `/services/data/v67.0/sobjects/${object}/${id}`, fields);
  }

  async delete(object: string, id: string): Promise<void> {
    await this.call('DELETE', `/services/data/v67.0/sobjects/${object}/${id}`);
  }

  async create(object: string, fields: object): Promise<string> {
    return ((await this.call('POST', `/services/data/v67.0/sobjects/${object}`, fields)) as { id: string })
      .id;
  }

  /** Raise Invoice: makes the records as the user. Syncing them is a second call, as on the page. */
  async raiseInvoice(options: {
    account: string;
    description?: string;
    dueDate?: string;
    lines: { product: string; unitPrice?: number; quantity: number }[];
    /** Discount, tax and texts, as InvoiceOptions.Input of Apex. */
    options?: object;
  }): Promise<string> {
    const [account] = await this.query(`SELECT Id FROM Account WHERE Name = '${options.account}'`);
    const products = await this.apex<{ productId: string; name: string; unitPrice: number }[]>(
      'RaiseInvoiceController',
      'getProducts',
      { searchText: '' },
    );
    const lines = options.lines.map(({ product, unitPrice, quantity }) => {
      const found = products.find(({ name }) => name === product);
      if (!found) throw new Error(`The org has no product ${product}.`);
      return {
        productId: found.productId,
        description: null,
        unitPrice: unitPrice ?? found.unitPrice,
        quantity,
      };
    });
    const { invoiceId } = await this.apex<{ invoiceId: string }>('RaiseInvoiceController', 'createInvoice', {
      accountId: account!.Id,
      description: options.description ?? 'Work of the quarter',
      dueDate: options.dueDate ?? daysFromNow(30),
      lines,
      options: options.options,
      requestKey: randomUUID(),
    });
    return invoiceId;
  }

  /** A field of a record as the page shows it. */
  async shown(object: string, id: string, field: string): Promise<string | null> {
    const path = `/services/data/v67.0/ui-api/records/${id}?fields=${object}.${field}`;
    const { fields } = (await this.call('GET', path)) as {
      fields: Record<string, { displayValue: string | null }>;
    };
    return fields[field]!.displayValue;
  }

  sync(invoiceId: string, key: string = randomUUID()): Promise<CommandAnswer> {
    return this.apex('InvoiceCommandController', 'syncInvoice', { invoiceId, idempotencyKey: key });
  }

  send(invoiceId: string, key: string = randomUUID()): Promise<CommandAnswer> {
    return this.apex('InvoiceCommandController', 'sendInvoice', { invoiceId, idempotencyKey: key });
  }

  async invoice(id: string): Promise<OrgRecord> {
    const [record] = await this.query(
      'SELECT Id, Name, Status__c, Payment_State__c, Number__c, Description__c, Due_Date__c, Total__c, Amount_Due__c, ' +
        'Amount_Paid__c, Amount_Remaining__c, Stripe_Invoice_Id__c, Hosted_Invoice_Url__c, Invoice_Pdf_Url__c, Sent_At__c, ' +
        'Footer__c, Custom_Fields__c, Discount_Percent__c, Discount_Amount__c, Other_Discounts__c, Discount__c, Subtotal__c, ' +
        'Tax_Rate__c, Tax__c, Total_Excluding_Tax__c, Balance_Applied__c, ' +
        'Paid_At__c, Last_Payment_Error__c, Sync_Status__c, Sync_Error__c, Last_Synced_At__c, Account__c, Revision_Of__c, ' +
        `Latest_Revision__c, Stripe_Subscription_Id__c FROM Invoice__c WHERE Id = '${id}'`,
    );
    if (!record) throw new Error(`No invoice ${id}`);
    return record;
  }

  lines(invoiceId: string): Promise<OrgRecord[]> {
    return this.query(
      'SELECT Id, Description__c, Product__r.Name, Unit_Price__c, Unit_Price_Exact__c, Quantity__c, Quantity_Exact__c, ' +
        'Amount__c, Tax_Rate__c, Stripe_Line_Id__c ' +
        `FROM Invoice_Line__c WHERE Invoice__c = '${invoiceId}' ORDER BY Sort_Order__c NULLS LAST, Name`,
    );
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.orgUrl + path, {
      method,
      headers: { cookie: this.cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text ? JSON.parse(text) : undefined;
    if (!response.ok) throw new OrgError(response.status, answer);
    return answer;
  }
}

export class OrgError extends Error {
  readonly status: number;

  constructor(status: number, answer: unknown) {
    const first = (Array.isArray(answer) ? answer[0] : answer) as { message?: string } | undefined;
    super(first?.message ?? JSON.stringify(answer));
    this.status = status;
  }
}

export const daysFromNow = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
