import TITLE from '@salesforce/label/c.Raise_Invoice';
import DETAILS from '@salesforce/label/c.Details';
import PRODUCT from '@salesforce/label/c.Product';
import PRICE_AND_QUANTITY from '@salesforce/label/c.Price_And_Quantity';
import SUMMARY from '@salesforce/label/c.Summary';
import WORKING from '@salesforce/label/c.Working';
import DESCRIPTION from '@salesforce/label/c.Description';
import DESCRIPTION_HELP from '@salesforce/label/c.Description_Help';
import DUE_DATE from '@salesforce/label/c.Due_Date';
import PRICE from '@salesforce/label/c.Price';
import QUANTITY from '@salesforce/label/c.Quantity';
import AMOUNT from '@salesforce/label/c.Amount';
import CUSTOMER from '@salesforce/label/c.Customer';
import ITEMS from '@salesforce/label/c.Items';
import NO_ITEMS from '@salesforce/label/c.No_Items';
import CANCEL from '@salesforce/label/c.Cancel';
import BACK from '@salesforce/label/c.Back';
import NEXT from '@salesforce/label/c.Next';
import CREATE_MORE_ITEMS from '@salesforce/label/c.Create_More_Items';
import CREATE_INVOICE from '@salesforce/label/c.Create_Invoice';
import INVOICE_CREATED from '@salesforce/label/c.Invoice_Created';

export const LABELS = {
  title: TITLE,
  details: DETAILS,
  product: PRODUCT,
  priceAndQuantity: PRICE_AND_QUANTITY,
  summary: SUMMARY,
  working: WORKING,
  description: DESCRIPTION,
  descriptionHelp: DESCRIPTION_HELP,
  dueDate: DUE_DATE,
  price: PRICE,
  quantity: QUANTITY,
  amount: AMOUNT,
  customer: CUSTOMER,
  items: ITEMS,
  noItems: NO_ITEMS,
  cancel: CANCEL,
  back: BACK,
  next: NEXT,
  createMoreItems: CREATE_MORE_ITEMS,
  createInvoice: CREATE_INVOICE,
  invoiceCreated: INVOICE_CREATED,
};
