import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { NavigationMixin } from 'lightning/navigation';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getContext from '@salesforce/apex/RaiseInvoiceController.getContext';
import createInvoice from '@salesforce/apex/RaiseInvoiceController.createInvoice';
import raiseInvoice from '@salesforce/apex/InvoiceCommandController.raiseInvoice';
import { savedToast } from 'c/commandResult';
import { lineInput, NO_OPTIONS, optionsInput } from 'c/draftInputs';
import { inWords } from 'c/errors';
import { invoiceSums } from 'c/invoiceSums';
import { format } from 'c/labelText';
import { lineAmount, toMajor } from 'c/money';
import { dueBy, NET_30 } from 'c/paymentTerms';
import { newRequestKey } from 'c/requestKey';
import ScreenAction from 'c/screenAction';
import { LABELS } from './labels';

const STEPS = ['details', 'product', 'price', 'summary'];
const EMPTY_DRAFT = { productId: null, name: '', unitPrice: null, quantity: '1' };

/** Wizard of the account's action Raise Invoice: details, product, price and quantity, summary. */
export default class RaiseInvoice extends NavigationMixin(ScreenAction) {
  labels = LABELS;
  step = 'details';
  warning = '';
  isBlocked = true;
  accountName = '';
  currencyCode;
  decimals = 2;
  today = null;
  description = '';
  dueDate = null;
  // What the due date goes on to follow until the invoice is final; empty where it was typed.
  paymentTerms = '';
  options = NO_OPTIONS;
  taxRates = [];
  draft = EMPTY_DRAFT;
  lines = [];
  nextKey = 1;
  focusesHeading = false;
  // Made once: whatever is clicked or lost on the way, this wizard raises one invoice.
  requestKey = newRequestKey();

  async read() {
    const context = await getContext({ accountId: this.recordId });
    this.accountName = context.accountName;
    this.currencyCode = context.currencyCode;
    this.decimals = context.currencyDecimals;
    this.today = context.today;
    this.paymentTerms = context.paymentTerms ?? NET_30;
    this.dueDate = dueBy(this.paymentTerms, context.today);
    this.taxRates = context.taxRates;
    this.warning = context.warning ?? '';
    this.errorText = context.problem ?? '';
    this.isBlocked = Boolean(context.problem);
  }

  get isDetails() {
    return this.step === 'details';
  }
  get isProduct() {
    return this.step === 'product';
  }
  get isPrice() {
    return this.step === 'price';
  }
  get isSummary() {
    return this.step === 'summary';
  }
  get stepTitle() {
    return {
      details: LABELS.details,
      product: LABELS.product,
      price: LABELS.priceAndQuantity,
      summary: LABELS.summary,
    }[this.step];
  }
  get canGoBack() {
    return !this.isDetails;
  }
  get hasLines() {
    return this.lines.length > 0;
  }
  get cannotContinue() {
    return this.isBusy || this.isBlocked;
  }
  get cannotCreate() {
    return this.isBusy || this.isBlocked || !this.hasLines;
  }
  get facts() {
    return [
      { id: 'customer', label: LABELS.customer, value: this.accountName },
      { id: 'description', label: LABELS.description, value: this.description },
      { id: 'due-date', label: LABELS.dueDate, value: this.dueOn, isDate: true },
    ];
  }
  /** Terms count from the day on which the invoice becomes final. */
  get dueOn() {
    const { finalizeOn } = this.options;
    return this.paymentTerms && finalizeOn ? dueBy(this.paymentTerms, finalizeOn) : this.dueDate;
  }
  get sums() {
    const { lines, options, taxRates } = this;
    return invoiceSums({ lines, options, taxRates }, this.decimals);
  }
  get draftAmount() {
    return toMajor(lineAmount(this.draft, this.decimals), this.decimals);
  }

  handleField(event) {
    this[event.currentTarget.dataset.field] = event.detail.value;
  }
  handleDue({ detail: { paymentTerms, dueDate } }) {
    this.paymentTerms = paymentTerms;
    this.dueDate = dueDate;
  }
  handleOptions(event) {
    this.options = { ...this.options, ...event.detail };
  }
  handleProduct(event) {
    const { productId, name, unitPrice } = event.detail;
    this.draft = { ...this.draft, productId, name, unitPrice };
  }
  handleDraft(event) {
    this.draft = { ...this.draft, [event.currentTarget.dataset.draft]: event.detail.value };
  }
  handleLineChange(event) {
    const { key, values } = event.detail;
    this.lines = this.lines.map((line) => (line.key === key ? { ...line, ...values } : line));
  }
  handleLineRemove(event) {
    this.lines = this.lines.filter((line) => line.key !== event.detail.key);
    this.focusesHeading = true;
  }

  handleNext() {
    if (!this.areFieldsValid()) return;
    if (this.isPrice) this.takeDraft();
    this.goTo(this.isDetails && this.hasLines ? 'summary' : STEPS[STEPS.indexOf(this.step) + 1]);
  }

  /** Once there are items, the wizard goes between the details and the summary without asking for another item. */
  handleBack() {
    this.errorText = '';
    if (this.isProduct && this.hasLines) this.goTo('summary');
    else if (this.isSummary) this.goTo('details');
    else this.goTo(STEPS[STEPS.indexOf(this.step) - 1]);
  }

  handleMoreItems() {
    if (this.areFieldsValid()) this.goTo('product');
  }

  async handleCreate() {
    if (this.isBusy || !this.areFieldsValid()) return;
    this.isBusy = true;
    this.errorText = '';
    try {
      const { invoiceId, name } = await createInvoice({
        accountId: this.recordId,
        description: this.description,
        dueDate: this.dueOn,
        paymentTerms: this.paymentTerms,
        lines: this.lines.map(lineInput),
        options: optionsInput(this.options),
        requestKey: this.requestKey,
      });
      const toast = await savedToast(format(LABELS.invoiceCreated, name), () =>
        raiseInvoice({ invoiceId, idempotencyKey: this.requestKey }),
      );
      this.dispatchEvent(new ShowToastEvent(toast));
      this.finish(invoiceId);
    } catch (error) {
      this.errorText = inWords(error);
    } finally {
      this.isBusy = false;
    }
  }

  finish(invoiceId) {
    notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    this.handleClose();
    this[NavigationMixin.Navigate]({
      type: 'standard__recordPage',
      attributes: { recordId: invoiceId, objectApiName: 'Invoice__c', actionName: 'view' },
    });
  }

  takeDraft() {
    const { productId, name, unitPrice, quantity } = this.draft;
    const line = { key: String(this.nextKey), productId, productName: name, unitPrice, quantity };
    this.nextKey += 1;
    this.lines = [...this.lines, line];
    this.draft = EMPTY_DRAFT;
  }

  areFieldsValid() {
    const fields = this.template.querySelectorAll(
      'lightning-input, lightning-textarea, c-due-date-input, c-product-picker, c-line-table, c-invoice-options',
    );
    return [...fields].map((field) => field.reportValidity()).every(Boolean);
  }

  goTo(step) {
    this.step = step;
    this.focusesHeading = true;
  }

  /** A new step, or a line that was removed, takes away what had the focus; the heading tells screen readers where they are. */
  renderedCallback() {
    if (!this.focusesHeading) return;
    this.focusesHeading = false;
    this.template.querySelector('[data-id=heading]').focus();
  }
}
