import { LightningElement, api } from 'lwc';
import { CloseActionScreenEvent } from 'lightning/actions';
import { ReadsFirst } from 'c/readsFirst';

/** What the screen actions of records have in common: they `read` what they show, and close themselves. */
export default class ScreenAction extends ReadsFirst(LightningElement) {
  _recordId;

  /** The platform sets the id after the action has been connected, so loading starts here. */
  @api
  get recordId() {
    return this._recordId;
  }
  set recordId(value) {
    if (!value || value === this._recordId) return;
    this._recordId = value;
    this.load();
  }

  handleClose() {
    this.dispatchEvent(new CloseActionScreenEvent());
  }
}
