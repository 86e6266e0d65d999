import { AuraHandledException, type ApexContext, type ApexMethod, type ApexRecord } from './context.ts';
import { billingRecipientOf } from './billingRecipient.ts';
import { currencyCondition, currencyOfAccount, stamped } from './invoiceCurrency.ts';
import { checkLines, checkTerms, decimalsOf, subtotalOf, toLineInputs, toRecords } from './invoiceLines.ts';
import { taxRates, toOptionsInput, withOptions } from './invoiceOptions.ts';
import { permissionProblem, requirePermission } from './invoicePermission.ts';
import { quoted, toDate, today, toId, toText } from './parameters.ts';
import { inWords } from './userFacingError.ts';

const PRODUCT_LIMIT = 50;

/** Twin of RaiseInvoiceController.cls, method by method. */
export const RaiseInvoiceController: Record<string, ApexMethod> = {
  getContext: {
    cacheable: false,
    run: ({ accountId }, context) =>
      inWords(() => {
        const recipient = billingRecipientOf(toId(accountId), context);
        const currencyCode = currencyOfAccount(toId(accountId), context);
        return {
          accountName: recipient.accountName,
          recipient: recipient.email,
          recipientSource: recipient.source,
          problem: permissionProblem(context),
          warning:
            recipient.email === null
              ? `${recipient.accountName} has no e-mail address for invoices. You can raise the invoice now, but before you send it, ` +
                'fill in Billing Email on the account or add a contact with an e-mail address.'
              : null,
          currencyCode,
          currencyDecimals: decimalsOf(currencyCode),
          today: today(),
          paymentTerms: recipient.paymentTerms,
          taxRates: taxRates([], context),
        };
      }),
  },

  getProducts: {
    cacheable: true,
    run: ({ searchText, currencyCode }, context) =>
      inWords(() =>
        standardPrices(
          `%${toText(searchText)?.trim() ?? ''}%`,
          toText(currencyCode)?.trim() || context.defaultCurrency,
          context,
        ).map((entry) => {
          const product = entry.Product2 as ApexRecord;
          return {
            productId: entry.Product2Id,
            name: product.Name,
            productCode: product.ProductCode ?? null,
            unitPrice: entry.UnitPrice,
          };
        }),
      ),
  },

  createInvoice: {
    cacheable: false,
    run: ({ accountId, description, dueDate, paymentTerms, lines, options, requestKey }, context) =>
      inWords(() => {
        requirePermission(context);
        const key = toText(requestKey)?.trim();
        if (!key) {
          throw new AuraHandledException(
            'The request has no key. Close this window and raise the invoice again.',
          );
        }
        const currencyCode = currencyOfAccount(toId(accountId), context);
        checkTerms(toText(description), toDate(dueDate), toText(paymentTerms));
        const inputs = toLineInputs(lines);
        checkLines(inputs, currencyCode);
        const [earlier] = context.query(
          `SELECT Id, Name FROM Invoice__c WHERE Request_Key__c = ${quoted(key)}`,
        );
        if (earlier) return toCreated(earlier);
        const invoice = {
          Account__c: toId(accountId),
          Description__c: toText(description),
          Due_Date__c: toDate(dueDate),
          Payment_Terms__c: toText(paymentTerms),
          Currency__c: currencyCode,
          Request_Key__c: key,
        };
        const subtotal = subtotalOf(inputs, currencyCode);
        const filled = withOptions(toOptionsInput(options), { invoice, subtotal, currencyCode }, context);
        const [invoiceId] = context.insert('Invoice__c', stamped([filled], currencyCode, context));
        context.insert(
          'Invoice_Line__c',
          toRecords(inputs, { invoiceId: invoiceId!, currencyCode }, context),
        );
        return toCreated(
          context.query(`SELECT Id, Name FROM Invoice__c WHERE Id = ${quoted(invoiceId!)}`)[0]!,
        );
      }),
  },
};

function toCreated(invoice: ApexRecord) {
  return { invoiceId: invoice.Id, name: invoice.Name };
}

function standardPrices(pattern: string, currencyCode: string, context: ApexContext): ApexRecord[] {
  return context.query(
    'SELECT Product2Id, Product2.Name, Product2.ProductCode, UnitPrice FROM PricebookEntry ' +
      'WHERE Pricebook2.IsStandard = TRUE AND IsActive = TRUE AND Product2.IsActive = TRUE ' +
      currencyCondition(currencyCode, context) +
      `AND (Product2.Name LIKE ${quoted(pattern)} OR Product2.ProductCode LIKE ${quoted(pattern)}) ` +
      `ORDER BY Product2.Name LIMIT ${PRODUCT_LIMIT}`,
  );
}
