import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startOrg, type StartedOrg } from '../../sandbox/salesforce/start.ts';
import { daysFromNow, OrgUser } from '../integration/orgUser.ts';

export interface Call {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Stands where the middleware is; answers what a test prepared. */
export class Middleware {
  readonly calls: Call[] = [];
  answer: { status: number; body: string } = { status: 200, body: '{}' };
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      this.calls.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      response.writeHead(this.answer.status, { 'content-type': 'application/json' }).end(this.answer.body);
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  says(status: number, body: unknown): void {
    this.answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export interface Line {
  lineId: string;
  productId: string | null;
  productName: string | null;
  description: string | null;
  unitPrice: number;
  quantity: number;
  amount: number;
}
export interface Draft {
  status: string;
  editable: boolean;
  description: string;
  dueDate: string;
  paymentTerms: string | null;
  options: { taxRateId: string | null; customFields: { name: string; value: string }[] };
  taxRates: object[];
  currencyCode: string;
  currencyDecimals: number;
  lines: Line[];
}
export interface Product {
  productId: string;
  name: string;
  productCode: string;
  unitPrice: number;
}

/** The sandbox org with an account and a prepared middleware, and what the page's components ask of the controllers. */
export class ControllerOrg {
  readonly middleware = new Middleware();
  org!: StartedOrg;
  rep!: OrgUser;
  admin!: OrgUser;
  accountId!: string;
  product!: Product;
  private keys = 0;

  async start(): Promise<void> {
    this.org = await startOrg({
      port: 0,
      dataFile: ':memory:',
      apps: [],
      namedCredential: { url: await this.middleware.listen(), token: 'org-token' },
      links: { stripeDashboard: 'http://127.0.0.1/dashboard', mailbox: 'http://127.0.0.1/mailbox' },
    });
    this.rep = await OrgUser.login(this.org.url, 'Robin Reyes');
    this.admin = await OrgUser.login(this.org.url, 'Ada Admin');
    this.accountId = await this.rep.create('Account', {
      Name: 'Wren & Sons',
      Billing_Email__c: 'ap@wren.example',
    });
    this.product = (await this.products(''))[0]!;
  }

  async close(): Promise<void> {
    await this.org?.close();
    await this.middleware.close();
  }

  products(searchText: string): Promise<Product[]> {
    return this.rep.apex('RaiseInvoiceController', 'getProducts', { searchText });
  }

  invoiceInput(overrides: object = {}): object {
    this.keys += 1;
    return {
      accountId: this.accountId,
      description: 'Services in May',
      dueDate: daysFromNow(30),
      lines: [{ productId: this.product.productId, unitPrice: 0.1, quantity: 3 }],
      requestKey: `key-${this.keys}`,
      ...overrides,
    };
  }

  create(overrides: object = {}): Promise<{ invoiceId: string; name: string }> {
    return this.rep.apex('RaiseInvoiceController', 'createInvoice', this.invoiceInput(overrides));
  }

  draftOf(invoiceId: string): Promise<Draft> {
    return this.rep.apex('InvoiceDraftController', 'getDraft', { invoiceId });
  }

  save(invoiceId: string, overrides: object = {}): Promise<Draft> {
    return this.rep.apex('InvoiceDraftController', 'saveDraft', {
      invoiceId,
      description: 'Services in June',
      dueDate: daysFromNow(14),
      lines: [],
      deletedLineIds: [],
      ...overrides,
    });
  }
}
