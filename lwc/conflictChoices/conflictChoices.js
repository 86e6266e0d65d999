import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getConflicts from '@salesforce/apex/ConflictController.getConflicts';
import settle from '@salesforce/apex/ConflictController.settle';
import BRING_LINE_BACK from '@salesforce/label/c.Bring_Line_Back';
import DELETE_LINE from '@salesforce/label/c.Delete_Conflicting_Line';
import DISMISS from '@salesforce/label/c.Dismiss_Conflict';
import SYNC_FAILED from '@salesforce/label/c.Sync_Failed';
import USE_OTHER from '@salesforce/label/c.Use_Other_Value';
import { syncToast } from 'c/commandResult';
import { inWords } from 'c/errors';
import { newRequestKey } from 'c/requestKey';

/** What may be had instead of what stayed. */
const OTHER = { value: USE_OTHER, line: BRING_LINE_BACK, deletion: DELETE_LINE };

/** Each field that both sides had changed, with what a person may decide. Shown while the record says Conflict. */
export default class ConflictChoices extends LightningElement {
  @api recordId;
  labels = { dismiss: DISMISS };
  conflicts = [];
  errorText;
  isBusy = false;
  _words;

  /** What the record says of its conflicts: others are asked for whenever it changes. */
  @api
  get words() {
    return this._words;
  }
  set words(words) {
    this._words = words;
    if (this.isConnected) this.load();
  }

  /** The record's own words stand for those that are not there, or not yet. */
  get isEmpty() {
    return this.conflicts.length === 0;
  }

  connectedCallback() {
    this.load();
  }

  async load() {
    try {
      const conflicts = await getConflicts({ recordId: this.recordId });
      this.conflicts = conflicts.map((conflict) => ({ ...conflict, otherLabel: OTHER[conflict.other] }));
      this.errorText = undefined;
    } catch (error) {
      this.errorText = inWords(error);
    }
  }

  async handleDecision({ target }) {
    if (this.isBusy) return;
    this.isBusy = true;
    const { conflict: conflictId, decision } = target.dataset;
    try {
      const idempotencyKey = newRequestKey();
      const result = await settle({ recordId: this.recordId, conflictId, decision, idempotencyKey });
      this.dispatchEvent(new ShowToastEvent(syncToast(result)));
    } catch (error) {
      this.dispatchEvent(
        new ShowToastEvent({
          title: SYNC_FAILED,
          message: inWords(error),
          variant: 'error',
          mode: 'sticky',
        }),
      );
    } finally {
      this.isBusy = false;
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
      await this.load();
    }
  }
}
