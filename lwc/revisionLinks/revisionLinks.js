import { LightningElement, api, wire } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { getFieldValue, getRecord } from 'lightning/uiRecordApi';
import WAS_REVISED from '@salesforce/label/c.Was_Revised';
import REVISES from '@salesforce/label/c.Revises';
import { FIELDS, FIELD_LIST } from './fields';

/** Where an invoice stands in a chain of revisions: which one it revises, and which one stands in its place now. */
export default class RevisionLinks extends NavigationMixin(LightningElement) {
  @api recordId;
  labels = { wasRevised: WAS_REVISED, revises: REVISES };
  latest = null;
  earlier = null;

  @wire(getRecord, { recordId: '$recordId', fields: FIELD_LIST })
  async wiredInvoice({ data }) {
    if (!data) return;
    [this.latest, this.earlier] = await Promise.all([
      this.linkTo(data, FIELDS.latest),
      this.linkTo(data, FIELDS.earlier),
    ]);
  }

  async linkTo(data, fields) {
    const recordId = getFieldValue(data, fields.id);
    if (!recordId) return null;
    const name = getFieldValue(data, fields.number) ?? getFieldValue(data, fields.name);
    const page = {
      type: 'standard__recordPage',
      attributes: { recordId, objectApiName: 'Invoice__c', actionName: 'view' },
    };
    return { name, page, url: await this[NavigationMixin.GenerateUrl](page) };
  }

  handleLatest(event) {
    this.go(event, this.latest);
  }
  handleEarlier(event) {
    this.go(event, this.earlier);
  }

  /** Within the app; a click for a new tab is left to the browser. */
  go(event, { page }) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this[NavigationMixin.Navigate](page);
  }
}
