import { AuraHandledException, type ApexContext, type ApexMethod, type ApexRecord } from './context.ts';
import {
  checkLines,
  checkTerms,
  decimalsOf,
  subtotalOf,
  toLineInputs,
  toRecords,
  type LineInput,
} from './invoiceLines.ts';
import { currencyOfInvoice } from './invoiceCurrency.ts';
import { readOptions, taxRates, toOptionsInput, withOptions } from './invoiceOptions.ts';
import { permissionProblem, requirePermission } from './invoicePermission.ts';
import { quoted, toDate, toDecimal, today, toId, toList, toText } from './parameters.ts';
import { inWords } from './userFacingError.ts';

/** Twin of InvoiceDraftController.cls, method by method. */
export const InvoiceDraftController: Record<string, ApexMethod> = {
  getDraft: {
    cacheable: false,
    run: ({ invoiceId }, context) => inWords(() => readDraft(toId(invoiceId), context)),
  },

  saveDraft: {
    cacheable: false,
    run: ({ invoiceId, description, dueDate, paymentTerms, lines, deletedLineIds, options }, context) =>
      inWords(() => {
        requirePermission(context);
        const id = toId(invoiceId);
        const current = readDraft(id, context);
        if (current.status !== 'Draft') {
          throw new AuraHandledException(
            `This invoice is ${String(current.status)} and can no longer be edited. Reload the page to see it.`,
          );
        }
        checkTerms(toText(description), toDate(dueDate), toText(paymentTerms));
        const inputs = toLineInputs(lines);
        checkLines(inputs, current.currencyCode);
        const deletes = toList(deletedLineIds).map(toId);
        checkKnown([...deletes, ...namedBy(inputs)], current.lines);

        const records = toRecords(inputs, { invoiceId: id, currencyCode: current.currencyCode }, context);
        const invoice = {
          Id: id,
          Description__c: toText(description),
          Due_Date__c: toDate(dueDate),
          Payment_Terms__c: toText(paymentTerms),
        };
        const { currencyCode } = current;
        const filling = { invoice, subtotal: subtotalOf(inputs, currencyCode), currencyCode };
        context.update('Invoice__c', [withOptions(toOptionsInput(options), filling, context)]);
        context.delete('Invoice_Line__c', deletes);
        context.update(
          'Invoice_Line__c',
          records.filter((record) => record.Id),
        );
        context.insert(
          'Invoice_Line__c',
          records.filter((record) => !record.Id),
        );
        return readDraft(id, context);
      }),
  },
};

function readDraft(invoiceId: string, context: ApexContext) {
  const [invoice] = context.query(
    'SELECT Name, Status__c, Description__c, Due_Date__c, Payment_Terms__c, Currency__c, Discount_Percent__c, ' +
      'Discount_Amount__c, Tax_Rate__c, Footer__c, Custom_Fields__c, Finalize_On__c, Subtotal__c, Discount__c, Tax__c, Total__c ' +
      `FROM Invoice__c WHERE Id = ${quoted(invoiceId)}`,
  );
  if (!invoice) {
    throw new AuraHandledException(
      'The invoice was not found. It may have been deleted, or you may not have access to it.',
    );
  }
  const currencyCode = currencyOfInvoice({ ...invoice, Id: invoiceId }, context);
  const options = readOptions(invoice);
  const lines = readLines(invoiceId, context);
  const chosen = [options.taxRateId, ...lines.map((line) => line.taxRateId)];
  return {
    name: invoice.Name,
    status: invoice.Status__c,
    editable: invoice.Status__c === 'Draft' && permissionProblem(context) === null,
    description: invoice.Description__c ?? null,
    dueDate: invoice.Due_Date__c ?? null,
    paymentTerms: invoice.Payment_Terms__c ?? null,
    options,
    taxRates: taxRates(
      chosen.filter((id) => id !== null),
      context,
    ),
    totals: readTotals(invoice),
    currencyCode,
    currencyDecimals: decimalsOf(currencyCode),
    today: today(),
    lines,
  };
}

function readTotals(invoice: ApexRecord) {
  if (toDecimal(invoice.Total__c) === null) return null;
  return {
    subtotal: toDecimal(invoice.Subtotal__c),
    discount: toDecimal(invoice.Discount__c),
    tax: toDecimal(invoice.Tax__c),
    total: toDecimal(invoice.Total__c),
  };
}

function readLines(invoiceId: string, context: ApexContext) {
  const records = context.query(
    'SELECT Id, Product__c, Product__r.Name, Description__c, Unit_Price__c, Quantity__c, Amount__c, Tax_Rate__c ' +
      `FROM Invoice_Line__c WHERE Invoice__c = ${quoted(invoiceId)} ORDER BY Sort_Order__c NULLS LAST, Name`,
  );
  return records.map((record) => ({
    lineId: record.Id!,
    productId: record.Product__c ?? null,
    productName: (record.Product__r as ApexRecord | null | undefined)?.Name ?? null,
    description: record.Description__c ?? null,
    unitPrice: record.Unit_Price__c ?? null,
    quantity: record.Quantity__c ?? null,
    amount: record.Amount__c ?? null,
    taxRateId: toText(record.Tax_Rate__c),
  }));
}

function namedBy(inputs: LineInput[]): string[] {
  return inputs.flatMap((line) => line.lineId ?? []);
}

function checkKnown(named: string[], current: { lineId: string }[]): void {
  const known = new Set(current.map((line) => line.lineId));
  if (!named.every((lineId) => known.has(lineId))) {
    throw new AuraHandledException(
      'Somebody else has changed the lines of this invoice. Cancel, look at the new lines and edit again.',
    );
  }
}
