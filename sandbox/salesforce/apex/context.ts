/** A record as Apex sees it: fields by API name, related records under their relationship names. */
export type ApexRecord = { Id?: string; attributes?: { type: string }; [field: string]: unknown };

/**
 * What a twin of an Apex class may do. One call is one transaction: DML is rolled back when the method throws.
 * A cacheable method may not do DML.
 */
export interface ApexContext {
  userId: string;
  userName: string;
  orgId: string;
  /** UserInfo.getDefaultCurrency(): the user's in a multi-currency org, else the org's. */
  defaultCurrency: string;
  /** UserInfo.isMultiCurrencyOrganization(). */
  isMultiCurrency: boolean;
  /** User mode: the object and field permissions of the running user apply. */
  query(soql: string): ApexRecord[];
  /** Returns the new ids; all or none; throws a DmlException. */
  insert(objectApiName: string, records: ApexRecord[]): string[];
  update(objectApiName: string, records: ApexRecord[]): void;
  delete(objectApiName: string, ids: string[]): void;
  hasCustomPermission(name: string): boolean;
  /**
   * Calls callout:Invoicebridge/<path>. Throws a CalloutException after DML in the same call, and when the middleware
   * cannot be reached.
   */
  callout(request: {
    method: string;
    path: string;
    body?: unknown;
    headers?: Record<string, string>;
  }): Promise<{ status: number; body: string }>;
}

export type ApexMethod = {
  cacheable: boolean;
  run(params: Record<string, unknown>, context: ApexContext): unknown | Promise<unknown>;
};

export class AuraHandledException extends Error {}
