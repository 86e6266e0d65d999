import { LightningElement, api, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { getFieldValue, getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import MAY_RAISE from '@salesforce/customPermission/Raise_Invoices';
import ACTIONS from '@salesforce/label/c.Actions';
import ACTION_DONE from '@salesforce/label/c.Action_Done';
import ACTION_RUNNING from '@salesforce/label/c.Action_Running';
import PAID_AT_ONCE from '@salesforce/label/c.Paid_At_Once';
import { isPossible } from 'c/actionRules';
import { format } from 'c/labelText';
import { FIELDS, FIELD_LIST } from './fields';
import { MENU } from './menu';

/** Menu of what the state of an invoice allows, each with a dialog of its own. Nothing at all where nothing is possible. */
export default class InvoiceActions extends NavigationMixin(LightningElement) {
  @api recordId;
  labels = { actions: ACTIONS };

  @wire(getRecord, { recordId: '$recordId', fields: FIELD_LIST })
  invoice;

  get items() {
    const { data } = this.invoice;
    if (!data || !MAY_RAISE) return [];
    const facts = Object.fromEntries(
      Object.entries(FIELDS).map(([name, field]) => [name, getFieldValue(data, field)]),
    );
    facts.status = facts.status?.toLowerCase();
    facts.hasPaymentLink = facts.paymentLinkStatus === 'Pending Payment';
    facts.isPaidThroughLink = ['Paid', 'Refund Failed'].includes(facts.paymentLinkStatus);
    return MENU.filter(({ action }) => isPossible(action, facts));
  }

  async handleSelect({ detail: { value } }) {
    const { dialog, ...entry } = MENU.find(({ action }) => action === value);
    const accountId = getFieldValue(this.invoice.data, FIELDS.accountId);
    const result = await dialog.open({ size: 'small', ...entry, recordId: this.recordId });
    if (!result) {
      // A refusal brings the record up to date as well, and a lost answer may have been none.
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
      return;
    }
    this.dispatchEvent(new ShowToastEvent(toastFor(entry, result)));
    // The record of a deleted draft is gone, and with it its page.
    if (result.newInvoiceId) this.show(result.newInvoiceId, 'Invoice__c');
    else if (value === 'delete' && result.status === 'done') this.show(accountId, 'Account');
    else notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
  }

  show(recordId, objectApiName) {
    this[NavigationMixin.Navigate]({
      type: 'standard__recordPage',
      attributes: { recordId, objectApiName, actionName: 'view' },
    });
  }
}

/** Finalizing can end Paid: nothing due, a credit balance that covers it, or an amount below the smallest charge. */
function toastFor({ action, label }, { status, message, invoice }) {
  if (status !== 'done') return { title: format(ACTION_RUNNING, label), message, variant: 'info' };
  if (action === 'finalize' && invoice?.status === 'Paid')
    return { title: PAID_AT_ONCE, message, variant: 'success', mode: 'sticky' };
  return { title: format(ACTION_DONE, label), message, variant: 'success' };
}
