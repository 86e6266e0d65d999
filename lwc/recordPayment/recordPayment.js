import getMoney from '@salesforce/apex/InvoiceMoneyController.getMoney';
import ActionDialog from 'c/actionDialog';
import { toInput, toMajor, toScaled } from 'c/money';
import { LABELS, METHODS, OTHER } from './labels';

/** Dialog for money that came in outside Stripe: how much, when, how. Says what it means for the invoice. */
export default class RecordPayment extends ActionDialog {
  labels = LABELS;
  methods = METHODS;
  amount = '';
  paidOn = null;
  method = METHODS[0].value;
  otherMethod = '';
  reference = '';

  async read() {
    const money = await getMoney({ invoiceId: this.recordId });
    this.amount = toInput(toScaled(money.amountRemaining, money.currencyDecimals), money.currencyDecimals);
    this.paidOn = money.today;
    return money;
  }

  get facts() {
    const { name, accountName, amountRemaining } = this.preview;
    return [
      { id: 'name', label: LABELS.invoice, value: name },
      { id: 'customer', label: LABELS.customer, value: accountName },
      { id: 'remaining', label: LABELS.leftToPay, value: amountRemaining, isMoney: true },
    ];
  }
  get decimals() {
    return this.preview.currencyDecimals;
  }
  get isOther() {
    return this.method === OTHER;
  }

  /** What is left to pay afterwards, in the smallest unit; negative for what is too much, null while nothing is typed. */
  get left() {
    const amount = toScaled(this.amount, this.decimals);
    return amount > 0 ? toScaled(this.preview.amountRemaining, this.decimals) - amount : null;
  }
  get outcome() {
    const { left } = this;
    if (left === null) return null;
    const value = toMajor(left < 0 ? -left : left, this.decimals);
    const told = { id: 'left', isMoney: true, value };
    if (left < 0) return { words: LABELS.paysTooMuch, facts: [{ ...told, label: LABELS.ontoBalance }] };
    return {
      words: left > 0 ? LABELS.paysPart : LABELS.paysAll,
      facts: [{ ...told, label: LABELS.leftAfterwards }],
    };
  }

  handleAmount(event) {
    this.forgetError();
    this.amount = event.detail.value;
  }
  handleField(event) {
    this.forgetError();
    this[event.currentTarget.dataset.field] = event.detail.value;
  }

  async handleConfirm() {
    if (!this.reportFields()) return;
    const reference = this.reference.trim();
    await this.run({
      amount: toMajor(toScaled(this.amount, this.decimals), this.decimals),
      paidOn: this.paidOn,
      method: this.isOther ? this.otherMethod.trim() : this.method,
      ...(reference && { reference }),
    });
  }
}
