import { NavigationMixin } from 'lightning/navigation';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getContext from '@salesforce/apex/AccountStatementController.getContext';
import createStatement from '@salesforce/apex/AccountStatementController.createStatement';
import { Attempt } from 'c/attempt';
import { format } from 'c/labelText';
import ScreenAction from 'c/screenAction';
import { LABELS } from './labels';
import { daysOf } from './periods';

const CUSTOM = 'custom';

/** Screen action of an account: which days, then the statement, then the way to its file. */
export default class AccountStatement extends NavigationMixin(ScreenAction) {
  labels = LABELS;
  periods = [
    { label: LABELS.thisMonth, value: 'thisMonth' },
    { label: LABELS.lastMonth, value: 'lastMonth' },
    { label: LABELS.last90Days, value: 'last90Days' },
    { label: LABELS.thisYear, value: 'thisYear' },
    { label: LABELS.custom, value: CUSTOM },
  ];
  context;
  period = 'lastMonth';
  from = null;
  to = null;
  /** Whether the last try was done is not known, or it goes on: the next one has to ask for the same days. */
  isFixed = false;
  waitText = '';
  result = null;
  attempt = new Attempt();

  async read() {
    this.context = await getContext({ accountId: this.recordId });
    this.errorText = this.context.problem ?? '';
    this.showDays();
  }

  get heading() {
    return format(LABELS.of, this.context.accountName);
  }
  get isAsking() {
    return Boolean(this.context) && !this.context.problem && !this.result;
  }
  get areDaysFixed() {
    return this.isBusy || this.isFixed;
  }
  get areDaysNamed() {
    return this.areDaysFixed || this.period !== CUSTOM;
  }
  get isDone() {
    return Boolean(this.result);
  }
  get isOffered() {
    return this.isAsking || this.isDone;
  }
  get confirmLabel() {
    if (this.result) return LABELS.open;
    return this.waitText ? LABELS.checkAgain : LABELS.create;
  }
  get statusText() {
    return this.isBusy ? LABELS.making : this.waitText;
  }

  handlePeriod(event) {
    this.period = event.detail.value;
    this.errorText = '';
    if (this.period !== CUSTOM) this.showDays();
  }
  handleDay(event) {
    this[event.currentTarget.dataset.field] = event.detail.value;
    this.errorText = '';
  }
  handleConfirm() {
    if (this.result) this.openFile();
    else this.create();
  }

  async create() {
    if (this.isBusy || !this.areDaysValid()) return;
    this.isBusy = true;
    this.errorText = '';
    this.waitText = '';
    const { result, errorText, isLost } = await this.attempt.run((idempotencyKey) =>
      createStatement({
        accountId: this.recordId,
        firstDay: this.from,
        lastDay: this.to,
        idempotencyKey,
      }),
    );
    this.isBusy = false;
    if (result?.status === 'done') {
      this.result = result;
      this.focusesResult = true;
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
      return;
    }
    this.isFixed = Boolean(result) || isLost;
    if (result) this.waitText = format(LABELS.goesOn, result.message);
    else this.errorText = errorText;
  }

  openFile() {
    this.handleClose();
    this[NavigationMixin.Navigate]({
      type: 'standard__namedPage',
      attributes: { pageName: 'filePreview' },
      state: { selectedRecordId: this.result.fileId },
    });
  }

  showDays() {
    Object.assign(this, daysOf(this.period, this.context.today));
  }

  areDaysValid() {
    const [first, last] = this.template.querySelectorAll('lightning-input');
    last.setCustomValidity(this.from && this.to && this.to < this.from ? LABELS.backwards : '');
    const wrong = [first, last].filter((field) => !field.reportValidity());
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  /** What was pressed is gone; the result tells screen readers where they are. */
  renderedCallback() {
    if (!this.focusesResult) return;
    this.focusesResult = false;
    this.template.querySelector('[data-id=result]').focus();
  }
}
