import { LightningElement, api, wire } from 'lwc';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import { subscribe, unsubscribe } from 'lightning/empApi';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';

const NEW_EVENTS_ONLY = -1;
const SHOWN = ['Error', 'Conflict'];

/** Why an account or a product is not in sync, or what both sides had changed, in words. Nothing while all is well. */
export default class SyncNotice extends LightningElement {
  @api recordId;
  @api objectApiName;

  @wire(getRecord, { recordId: '$recordId', fields: '$fields' })
  record;

  get fields() {
    return ['Sync_Status__c', 'Sync_Error__c'].map((field) => `${this.objectApiName}.${field}`);
  }

  connectedCallback() {
    const channel = `/data/${this.objectApiName}ChangeEvent`;
    this.subscription = subscribe(channel, NEW_EVENTS_ONLY, (event) => this.handleChange(event));
    // Without change events in this org the notice still shows what a reload brings.
    this.subscription.catch(() => {});
  }

  disconnectedCallback() {
    this.subscription.then((subscription) => unsubscribe(subscription, () => {})).catch(() => {});
  }

  handleChange(event) {
    const { recordIds = [], changeType } = event?.data?.payload?.ChangeEventHeader ?? {};
    // There is nothing left to ask for.
    if (changeType === 'DELETE') return;
    // Ids come with 15 or 18 characters; the first 15 tell the record.
    const isMine = recordIds.some((id) => id.slice(0, 15) === this.recordId?.slice(0, 15));
    if (isMine) notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
  }

  get words() {
    return SHOWN.includes(this.valueOf('Sync_Status__c'))
      ? (this.valueOf('Sync_Error__c') ?? SYNC_FAILED)
      : null;
  }

  get isConflict() {
    return this.valueOf('Sync_Status__c') === 'Conflict';
  }

  get className() {
    const theme = this.valueOf('Sync_Status__c') === 'Error' ? 'slds-theme_error' : 'slds-theme_warning';
    return `slds-box slds-box_x-small ${theme}`;
  }

  valueOf(field) {
    return this.record?.data?.fields[field]?.value ?? null;
  }
}
