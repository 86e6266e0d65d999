import TITLE from '@salesforce/label/c.Invoice_Lines';
import WORKING from '@salesforce/label/c.Working';
import EDIT from '@salesforce/label/c.Edit_Draft';
import EDIT_HINT from '@salesforce/label/c.Edit_Draft_Hint';
import DESCRIPTION from '@salesforce/label/c.Description';
import NO_LINES from '@salesforce/label/c.No_Lines';
import ADD_LINE from '@salesforce/label/c.Add_Line';
import TAX from '@salesforce/label/c.Tax';
import IS_FINAL from '@salesforce/label/c.Lines_Are_Final';
import MORE_IN_STRIPE from '@salesforce/label/c.More_In_Stripe';
import CANCEL from '@salesforce/label/c.Cancel';
import SAVE from '@salesforce/label/c.Save';
import SAVED from '@salesforce/label/c.Draft_Saved';

export const LABELS = {
  title: TITLE,
  working: WORKING,
  edit: EDIT,
  editHint: EDIT_HINT,
  description: DESCRIPTION,
  noLines: NO_LINES,
  addLine: ADD_LINE,
  tax: TAX,
  isFinal: IS_FINAL,
  moreInStripe: MORE_IN_STRIPE,
  cancel: CANCEL,
  save: SAVE,
  saved: SAVED,
};
