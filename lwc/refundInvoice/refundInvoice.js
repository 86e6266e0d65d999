import getMoney from '@salesforce/apex/InvoiceMoneyController.getMoney';
import ActionDialog from 'c/actionDialog';
import { format } from 'c/labelText';
import { inMoney, toInput, toMajor, toScaled } from 'c/money';
import { LABELS, REASONS } from './labels';

/** Dialog that gives money back: of which payment, how much of what is left of it, and why. */
export default class RefundInvoice extends ActionDialog {
  labels = LABELS;
  reasons = REASONS;
  paymentId = '';
  amount = '';
  reason = '';

  async read() {
    const money = await getMoney({ invoiceId: this.recordId });
    this.choose(money, money.payments[0]?.paymentId);
    return money;
  }

  choose({ payments, currencyDecimals }, paymentId) {
    const payment = payments.find((one) => one.paymentId === paymentId);
    if (!payment) return;
    this.paymentId = paymentId;
    this.amount = toInput(toScaled(payment.left, currencyDecimals), currencyDecimals);
  }

  get facts() {
    const { name, accountName } = this.preview;
    return [
      { id: 'name', label: LABELS.invoice, value: name },
      { id: 'customer', label: LABELS.customer, value: accountName },
    ];
  }
  get decimals() {
    return this.preview.currencyDecimals;
  }
  get isRefundable() {
    return Boolean(this.preview?.payments.length);
  }
  get options() {
    const { payments, currencyCode } = this.preview;
    const say = (amount) =>
      inMoney(toScaled(amount, this.decimals), { decimals: this.decimals, currencyCode });
    return payments.map(({ paymentId, method, paidAt, amount, left }) => ({
      label: format(
        LABELS.paymentLeft,
        method ?? LABELS.payment,
        say(left),
        say(amount),
        paidAt?.slice(0, 10) ?? '',
      ),
      value: paymentId,
    }));
  }
  /** What can be refunded of the chosen payment, in the smallest unit. */
  get most() {
    return toScaled(
      this.preview.payments.find(({ paymentId }) => paymentId === this.paymentId)?.left,
      this.decimals,
    );
  }
  get outcome() {
    const amount = toScaled(this.amount, this.decimals);
    if (amount === null || amount > this.most) return null;
    const value = toMajor(this.most - amount, this.decimals);
    return [{ id: 'left', label: LABELS.leftOfPayment, value, isMoney: true }];
  }

  handlePayment(event) {
    this.forgetError();
    this.choose(this.preview, event.detail.value);
  }
  handleAmount(event) {
    this.forgetError();
    this.amount = event.detail.value;
  }
  handleReason(event) {
    this.reason = event.detail.value;
  }

  async handleConfirm() {
    if (!this.reportFields()) return;
    await this.run({
      payment: this.paymentId,
      amount: toMajor(toScaled(this.amount, this.decimals), this.decimals),
      ...(this.reason && { reason: this.reason }),
    });
  }
}
