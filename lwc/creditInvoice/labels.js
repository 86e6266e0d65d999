import CUSTOMER from '@salesforce/label/c.Customer';
import INVOICE from '@salesforce/label/c.Invoice';
import LEFT_TO_PAY from '@salesforce/label/c.Left_To_Pay';
import AMOUNT_PAID from '@salesforce/label/c.Amount_Paid';
import WHAT from '@salesforce/label/c.What_To_Credit';
import BY_AMOUNT from '@salesforce/label/c.By_Amount';
import BY_LINES from '@salesforce/label/c.By_Lines';
import LINES from '@salesforce/label/c.Lines_Of_Invoice';
import PRODUCT from '@salesforce/label/c.Product';
import AMOUNT from '@salesforce/label/c.Amount';
import CREDIT_QUANTITY from '@salesforce/label/c.Credit_Quantity';
import CREDIT_OF from '@salesforce/label/c.Credit_Of';
import OF_QUANTITY from '@salesforce/label/c.Of_Quantity';
import CREDIT_TOTAL from '@salesforce/label/c.Credit_Total';
import LOWERS_OWED from '@salesforce/label/c.Lowers_Owed';
import TO_GIVE_BACK from '@salesforce/label/c.To_Give_Back';
import BEFORE_TAXES from '@salesforce/label/c.Before_Taxes';
import WHERE_BACK from '@salesforce/label/c.Where_Back';
import TO_CARD from '@salesforce/label/c.To_Card';
import TO_BALANCE from '@salesforce/label/c.To_Balance';
import OUTSIDE from '@salesforce/label/c.Outside_Stripe';
import SPLIT_SUM from '@salesforce/label/c.Split_Sum';
import SPLIT_DIFFERS from '@salesforce/label/c.Split_Differs';
import NOTHING_CREDITED from '@salesforce/label/c.Nothing_Credited';
import TOO_MUCH from '@salesforce/label/c.Too_Much_Credited';
import REASON from '@salesforce/label/c.Reason';
import NO_REASON from '@salesforce/label/c.No_Reason';
import DUPLICATE from '@salesforce/label/c.Duplicate_Reason';
import FRAUDULENT from '@salesforce/label/c.Fraudulent';
import ORDER_CHANGE from '@salesforce/label/c.Order_Change';
import UNSATISFACTORY from '@salesforce/label/c.Product_Unsatisfactory';
import MEMO from '@salesforce/label/c.Memo';
import MEMO_HELP from '@salesforce/label/c.Memo_Help';

export const LABELS = {
  customer: CUSTOMER,
  invoice: INVOICE,
  leftToPay: LEFT_TO_PAY,
  amountPaid: AMOUNT_PAID,
  what: WHAT,
  lines: LINES,
  product: PRODUCT,
  amount: AMOUNT,
  creditQuantity: CREDIT_QUANTITY,
  creditOf: CREDIT_OF,
  ofQuantity: OF_QUANTITY,
  creditTotal: CREDIT_TOTAL,
  lowersOwed: LOWERS_OWED,
  toGiveBack: TO_GIVE_BACK,
  beforeTaxes: BEFORE_TAXES,
  whereBack: WHERE_BACK,
  splitSum: SPLIT_SUM,
  splitDiffers: SPLIT_DIFFERS,
  nothingCredited: NOTHING_CREDITED,
  tooMuch: TOO_MUCH,
  reason: REASON,
  memo: MEMO,
  memoHelp: MEMO_HELP,
};

export const WAYS = [
  { label: BY_AMOUNT, value: 'amount' },
  { label: BY_LINES, value: 'lines' },
];

/** Where the part goes that was paid already; the names are those of the command. */
export const PARTS = [
  { name: 'refund', label: TO_CARD },
  { name: 'balance', label: TO_BALANCE },
  { name: 'outside', label: OUTSIDE },
];

/** Stripe's own: https://docs.stripe.com/api/credit_notes/create#create_credit_note-reason */
export const REASONS = [
  { label: NO_REASON, value: '' },
  { label: DUPLICATE, value: 'duplicate' },
  { label: FRAUDULENT, value: 'fraudulent' },
  { label: ORDER_CHANGE, value: 'order_change' },
  { label: UNSATISFACTORY, value: 'product_unsatisfactory' },
];
