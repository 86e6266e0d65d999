import type { ApexContext, ApexRecord } from './context.ts';
import { quoted, toText } from './parameters.ts';

/** Twin of InvoiceCurrency.ofAccount. */
export const currencyOfAccount = (accountId: string, context: ApexContext): string =>
  ofRecord('Account', accountId, context);

/** Twin of InvoiceCurrency.ofInvoice. */
export const currencyOfInvoice = (invoice: ApexRecord, context: ApexContext): string =>
  toText(invoice.Currency__c)?.trim()
    ? String(invoice.Currency__c)
    : ofRecord('Invoice__c', invoice.Id!, context);

/** Twin of InvoiceCurrency.stamp. */
export const stamped = (
  records: ApexRecord[],
  currencyCode: string,
  { isMultiCurrency }: Pick<ApexContext, 'isMultiCurrency'>,
): ApexRecord[] =>
  isMultiCurrency ? records.map((record) => ({ ...record, CurrencyIsoCode: currencyCode })) : records;

/** Twin of InvoiceCurrency.condition. */
export const currencyCondition = (
  currencyCode: string,
  { isMultiCurrency }: Pick<ApexContext, 'isMultiCurrency'>,
): string => (isMultiCurrency ? `AND CurrencyIsoCode = ${quoted(currencyCode)} ` : '');

function ofRecord(objectName: string, recordId: string, context: ApexContext): string {
  if (!context.isMultiCurrency) return context.defaultCurrency;
  const [record] = context.query(`SELECT CurrencyIsoCode FROM ${objectName} WHERE Id = ${quoted(recordId)}`);
  return record ? String(record.CurrencyIsoCode) : context.defaultCurrency;
}
