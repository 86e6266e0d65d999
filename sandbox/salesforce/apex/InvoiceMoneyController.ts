import { AuraHandledException, type ApexContext, type ApexMethod, type ApexRecord } from './context.ts';
import { ask } from './invoicebridgeApi.ts';
import { decimalsOf } from './invoiceLines.ts';
import { currencyOfInvoice } from './invoiceCurrency.ts';
import { requirePermission } from './invoicePermission.ts';
import { quoted, toDecimal, today, toId, toText } from './parameters.ts';
import { inWords } from './userFacingError.ts';

/** Twin of InvoiceMoneyController.cls, method by method. */
export const InvoiceMoneyController: Record<string, ApexMethod> = {
  getMoney: {
    cacheable: false,
    run: ({ invoiceId }, context) =>
      inWords(() => {
        requirePermission(context);
        const id = toId(invoiceId);
        const invoice = readInvoice(id, context);
        const currencyCode = currencyOfInvoice({ ...invoice, Id: id }, context);
        return {
          name: toText(invoice.Number__c) ?? invoice.Name,
          accountName: nameOf(invoice.Account__r),
          status: invoice.Status__c,
          currencyCode,
          currencyDecimals: decimalsOf(currencyCode),
          today: today(),
          subtotal: orZero(invoice.Subtotal__c),
          total: orZero(invoice.Total__c),
          amountPaid: orZero(invoice.Amount_Paid__c),
          amountRemaining: orZero(invoice.Amount_Remaining__c),
          payments: readPayments(id, context),
          lines: readLines(id, context),
        };
      }),
  },

  previewCredit: {
    cacheable: false,
    run: ({ invoiceId, params }, context) =>
      inWords(async () => {
        requirePermission(context);
        const id = toId(invoiceId);
        readInvoice(id, context);
        const path = `/v1/invoices/${id}/credit-preview`;
        const { total, lowered, toGiveBack } = await ask(path, toText(params) ?? '{}', context);
        return { total, lowered, toGiveBack };
      }),
  },
};

function readInvoice(invoiceId: string, context: ApexContext): ApexRecord {
  const [invoice] = context.query(
    'SELECT Name, Number__c, Account__r.Name, Status__c, Currency__c, Subtotal__c, Total__c, Amount_Paid__c, ' +
      `Amount_Remaining__c FROM Invoice__c WHERE Id = ${quoted(invoiceId)}`,
  );
  if (!invoice) {
    throw new AuraHandledException(
      'The invoice was not found. It may have been deleted, or you may not have access to it.',
    );
  }
  return invoice;
}

function readPayments(invoiceId: string, context: ApexContext) {
  const records = context.query(
    'SELECT Id, Method__c, Paid_At__c, Amount__c, Amount_Refunded__c FROM Payment_Confirmation__c ' +
      `WHERE Invoice__c = ${quoted(invoiceId)} AND Type__c = 'Payment' AND Status__c = 'Succeeded' ` +
      'ORDER BY Paid_At__c DESC',
  );
  return records
    .map((record) => ({
      paymentId: record.Id!,
      method: record.Method__c ?? null,
      paidAt: record.Paid_At__c ?? null,
      amount: orZero(record.Amount__c),
      left: (thousandths(record.Amount__c) - thousandths(record.Amount_Refunded__c)) / 1000,
    }))
    .filter(({ left }) => left > 0);
}

function readLines(invoiceId: string, context: ApexContext) {
  const records = context.query(
    'SELECT Id, Stripe_Line_Id__c, Description__c, Product__r.Name, Quantity__c, Amount__c FROM Invoice_Line__c ' +
      `WHERE Invoice__c = ${quoted(invoiceId)} ORDER BY Sort_Order__c NULLS LAST, Name`,
  );
  return records.map((record) => ({
    lineId: record.Id!,
    stripeLineId: record.Stripe_Line_Id__c ?? null,
    description: toText(record.Description__c) ?? nameOf(record.Product__r),
    quantity: toDecimal(record.Quantity__c),
    amount: orZero(record.Amount__c),
  }));
}

const nameOf = (parent: unknown) => (parent as ApexRecord | null | undefined)?.Name ?? null;

const orZero = (value: unknown) => toDecimal(value) ?? 0;

/** A Decimal of Apex is exact; the fields have three decimals. */
const thousandths = (value: unknown) => Math.round(orZero(value) * 1000);
