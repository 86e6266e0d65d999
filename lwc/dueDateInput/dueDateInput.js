import { LightningElement, api } from 'lwc';
import PAYMENT_TERMS from '@salesforce/label/c.Payment_Terms';
import DUE_DATE from '@salesforce/label/c.Due_Date';
import DUE_DATE_PAST from '@salesforce/label/c.Due_Date_Past';
import { dueBy, TERMS } from 'c/paymentTerms';

/**
 * Payment terms, and the due date that follows from them; a day that is typed has no terms. Fires duechange with
 * { paymentTerms, dueDate }.
 */
export default class DueDateInput extends LightningElement {
  @api paymentTerms;
  @api dueDate;
  /** YYYY-MM-DD; the terms are counted from it. */
  @api today;

  labels = { paymentTerms: PAYMENT_TERMS, dueDate: DUE_DATE, dueDatePast: DUE_DATE_PAST };
  termOptions = TERMS;

  @api
  reportValidity() {
    return this.template.querySelector('lightning-input').reportValidity();
  }

  /** What follows terms is counted anew when the invoice becomes final, so it may be over by now. */
  get earliest() {
    return this.paymentTerms ? undefined : this.today;
  }

  handleTerms({ detail: { value } }) {
    this.change(value, dueBy(value, this.today));
  }
  handleDueDate({ detail: { value } }) {
    this.change('', value);
  }

  change(paymentTerms, dueDate) {
    this.dispatchEvent(new CustomEvent('duechange', { detail: { paymentTerms, dueDate } }));
  }
}
