import { LightningElement, api } from 'lwc';
import { CloseActionScreenEvent } from 'lightning/actions';
import { inWords } from 'c/errors';

/** What the screen actions of records have in common: they `read` what they show, and say so when that fails. */
export default class ScreenAction extends LightningElement {
  isLoading = true;
  isBusy = false;
  errorText = '';

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

  async load() {
    try {
      await this.read();
    } catch (error) {
      this.errorText = inWords(error);
    } finally {
      this.isLoading = false;
    }
  }

  get isWorking() {
    return this.isLoading || this.isBusy;
  }

  handleClose() {
    this.dispatchEvent(new CloseActionScreenEvent());
  }
}
