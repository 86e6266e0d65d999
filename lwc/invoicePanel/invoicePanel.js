import { LightningElement, api, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { getFieldValue, getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import { subscribe, unsubscribe } from 'lightning/empApi';
import getLinks from '@salesforce/apex/InvoiceCommandController.getLinks';
import syncInvoice from '@salesforce/apex/InvoiceCommandController.syncInvoice';
import { syncToast } from 'c/commandResult';
import { inWords } from 'c/errors';
import { newRequestKey } from 'c/requestKey';
import { FIELDS, FIELD_LIST } from './fields';
import { LABELS } from './labels';

const CHANNEL = '/data/Invoice__ChangeEvent';
const NEW_EVENTS_ONLY = -1;

const BADGES = {
  Draft: '',
  Open: 'slds-badge_inverse',
  Unpaid: 'slds-badge_lightest',
  'Payment Processing': 'slds-badge_inverse',
  Retrying: 'slds-theme_warning',
  'Partially Paid': 'slds-theme_warning',
  'Past Due': 'slds-theme_error',
  Paid: 'slds-theme_success',
  'Partially Refunded': 'slds-theme_warning',
  Refunded: 'slds-badge_lightest',
  Uncollectible: 'slds-theme_warning',
  Void: 'slds-badge_lightest',
};

/** State of an invoice at a glance. Follows changes that others make, Stripe included, without a reload. */
export default class InvoicePanel extends NavigationMixin(LightningElement) {
  @api recordId;
  labels = LABELS;
  isBusy = false;

  @wire(getRecord, { recordId: '$recordId', fields: FIELD_LIST })
  invoice;

  connectedCallback() {
    this.subscription = subscribe(CHANNEL, NEW_EVENTS_ONLY, (event) => this.handleChange(event));
    // Without change events in this org the panel still shows what a reload brings.
    this.subscription.catch(() => {});
  }

  disconnectedCallback() {
    this.subscription.then((subscription) => unsubscribe(subscription, () => {})).catch(() => {});
  }

  handleChange(event) {
    const recordIds = event?.data?.payload?.ChangeEventHeader?.recordIds ?? [];
    // Ids come with 15 or 18 characters; the first 15 tell the record.
    const isMine = recordIds.some((id) => id.slice(0, 15) === this.recordId?.slice(0, 15));
    if (isMine) notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
  }

  get isLoading() {
    return !this.invoice.data;
  }
  get errorText() {
    return this.invoice.error ? inWords(this.invoice.error) : '';
  }
  get status() {
    return this.valueOf('status');
  }
  get statusClass() {
    return BADGES[this.status];
  }
  get paymentState() {
    return this.valueOf('paymentState');
  }
  /** Past Due says more than Open, and Refunded more than Paid; the others repeat the status. */
  get showsPaymentState() {
    return Boolean(this.paymentState) && this.paymentState !== this.status;
  }
  get paymentStateClass() {
    return BADGES[this.paymentState];
  }
  get currencyCode() {
    return this.valueOf('currencyCode') ?? undefined;
  }
  get hostedUrl() {
    return this.valueOf('hostedUrl');
  }
  get pdfUrl() {
    return this.valueOf('pdfUrl');
  }
  get linkStatus() {
    const status = this.valueOf('linkStatus');
    return status === 'Not Created' ? null : status;
  }
  get isLinkPayable() {
    return this.linkStatus === 'Pending Payment';
  }
  get linkNote() {
    return this.valueOf('linkNote');
  }
  /** In milliseconds: the open-source relative time shows nothing for the ISO text that the platform's takes as well. */
  get lastSyncedAt() {
    const text = this.valueOf('lastSyncedAt');
    return text ? Date.parse(text) : null;
  }
  get lastPaymentError() {
    return this.status === 'Open' ? this.valueOf('lastPaymentError') : null;
  }
  get isConflict() {
    return this.valueOf('syncStatus') === 'Conflict';
  }
  get syncError() {
    return ['Error', 'Conflict'].includes(this.valueOf('syncStatus'))
      ? (this.valueOf('syncError') ?? LABELS.syncFailed)
      : null;
  }

  /** What Stripe will do by itself; what it has done is no news. */
  get finalizeOn() {
    return this.status === 'Draft' ? this.valueOf('finalizeOn') : null;
  }

  get facts() {
    return [
      { id: 'number', label: LABELS.number, value: this.valueOf('number') },
      { id: 'total', label: LABELS.total, value: this.valueOf('total'), isMoney: true },
      { id: 'paid', label: LABELS.amountPaid, value: this.valueOf('amountPaid'), isMoney: true },
      {
        id: 'remaining',
        label: LABELS.amountRemaining,
        value: this.valueOf('amountRemaining'),
        isMoney: true,
      },
      { id: 'due-date', label: LABELS.dueDate, value: this.valueOf('dueDate'), isDate: true },
      { id: 'finalize-on', label: LABELS.finalizeOn, value: this.finalizeOn, isDate: true },
    ].filter(({ value }) => value !== null && value !== undefined);
  }

  async handleRetry() {
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      const result = await syncInvoice({ invoiceId: this.recordId, idempotencyKey: newRequestKey() });
      this.toast(syncToast(result));
    } catch (error) {
      this.toast({ title: LABELS.syncFailed, message: inWords(error), variant: 'error', mode: 'sticky' });
    } finally {
      this.isBusy = false;
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    }
  }

  handleCopy() {
    return this.copy((links) => links.hostedInvoiceUrl);
  }

  handleCopyPaymentLink() {
    return this.copy((links) => links.paymentLinkUrl);
  }

  handleOpenHosted(event) {
    return this.open(event, (links) => links.hostedInvoiceUrl);
  }

  handleOpenPdf(event) {
    return this.open(event, (links) => links.invoicePdfUrl);
  }

  /** What stands on the record may have expired, or nobody can pay through it any more: a living address is copied. */
  async copy(chosen) {
    if (this.isBusy) return;
    this.isBusy = true;
    let url;
    try {
      url = chosen(await getLinks({ invoiceId: this.recordId }));
      if (!url) {
        this.toast({ title: LABELS.linkGone, variant: 'warning' });
        notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
        return;
      }
      await navigator.clipboard.writeText(url);
      this.toast({ title: LABELS.linkCopied, variant: 'success' });
    } catch (error) {
      // Browsers refuse the clipboard on pages without HTTPS and when the person has forbidden it.
      const message = url ?? inWords(error);
      this.toast({ title: LABELS.copyFailed, message, variant: 'warning', mode: 'sticky' });
    } finally {
      this.isBusy = false;
    }
  }

  /** The same for what is opened; without an answer, the address on the record has to do. */
  async open(event, chosen) {
    event.preventDefault();
    const known = event.currentTarget.href;
    const links = await getLinks({ invoiceId: this.recordId }).catch(() => null);
    const url = (links && chosen(links)) || known;
    this[NavigationMixin.Navigate]({ type: 'standard__webPage', attributes: { url } });
  }

  valueOf(name) {
    return getFieldValue(this.invoice.data, FIELDS[name]);
  }

  toast(options) {
    this.dispatchEvent(new ShowToastEvent(options));
  }
}
