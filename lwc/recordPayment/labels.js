import CUSTOMER from '@salesforce/label/c.Customer';
import INVOICE from '@salesforce/label/c.Invoice';
import LEFT_TO_PAY from '@salesforce/label/c.Left_To_Pay';
import LEFT_AFTERWARDS from '@salesforce/label/c.Left_Afterwards';
import ONTO_BALANCE from '@salesforce/label/c.Onto_Balance';
import PAYS_ALL from '@salesforce/label/c.Pays_All';
import PAYS_PART from '@salesforce/label/c.Pays_Part';
import PAYS_TOO_MUCH from '@salesforce/label/c.Pays_Too_Much';
import PAID_ON from '@salesforce/label/c.Paid_On';
import DAY_TO_COME from '@salesforce/label/c.Day_To_Come';
import METHOD from '@salesforce/label/c.Method';
import BANK_TRANSFER from '@salesforce/label/c.Bank_Transfer';
import CHECK from '@salesforce/label/c.Check';
import CASH from '@salesforce/label/c.Cash';
import OTHER_METHOD from '@salesforce/label/c.Other_Method';
import WHICH_METHOD from '@salesforce/label/c.Which_Method';
import REFERENCE from '@salesforce/label/c.Reference';
import REFERENCE_HELP from '@salesforce/label/c.Reference_Help';

export const LABELS = {
  customer: CUSTOMER,
  invoice: INVOICE,
  leftToPay: LEFT_TO_PAY,
  leftAfterwards: LEFT_AFTERWARDS,
  ontoBalance: ONTO_BALANCE,
  paysAll: PAYS_ALL,
  paysPart: PAYS_PART,
  paysTooMuch: PAYS_TOO_MUCH,
  paidOn: PAID_ON,
  dayToCome: DAY_TO_COME,
  method: METHOD,
  whichMethod: WHICH_METHOD,
  reference: REFERENCE,
  referenceHelp: REFERENCE_HELP,
};

export const OTHER = 'other';

export const METHODS = [
  ...[BANK_TRANSFER, CHECK, CASH].map((label) => ({ label, value: label })),
  { label: OTHER_METHOD, value: OTHER },
];
