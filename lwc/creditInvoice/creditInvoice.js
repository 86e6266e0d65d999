import getMoney from '@salesforce/apex/InvoiceMoneyController.getMoney';
import previewCredit from '@salesforce/apex/InvoiceMoneyController.previewCredit';
import ActionDialog from 'c/actionDialog';
import { creditParts, isCountable, lineCredit, linesCredit, usualSplit } from 'c/creditSums';
import { inWords } from 'c/errors';
import { format } from 'c/labelText';
import { inMoney, toInput, toMajor, toScaled } from 'c/money';
import { LABELS, PARTS, REASONS, WAYS } from './labels';

const ZERO = BigInt(0);
const TYPING_PAUSE_MS = 300;

/** Dialog of a credit note: an amount or lines, and where the part goes that was paid already. Sums are live. */
export default class CreditInvoice extends ActionDialog {
  labels = LABELS;
  ways = WAYS;
  reasons = REASONS;
  way = 'amount';
  amount = '';
  /** What was typed at each line, by its id: a quantity, or an amount where quantities cannot be divided. */
  typed = {};
  /** What was typed for each part; null as long as the usual split will do. */
  split = null;
  /** What Stripe says that the lines come to with their taxes and discounts; null until it has said so. */
  told = null;
  typingTimer;
  reason = '';
  memo = '';

  disconnectedCallback() {
    clearTimeout(this.typingTimer);
  }

  read() {
    return getMoney({ invoiceId: this.recordId });
  }

  get facts() {
    const { name, accountName, amountRemaining, amountPaid } = this.preview;
    return [
      { id: 'name', label: LABELS.invoice, value: name },
      { id: 'customer', label: LABELS.customer, value: accountName },
      { id: 'remaining', label: LABELS.leftToPay, value: amountRemaining, isMoney: true },
      { id: 'paid', label: LABELS.amountPaid, value: amountPaid, isMoney: true },
    ];
  }
  get decimals() {
    return this.preview.currencyDecimals;
  }
  get isByAmount() {
    return this.way === 'amount';
  }
  /** More than that was never owed; how much was credited before, Stripe knows. */
  get most() {
    return this.scaled(this.preview.total);
  }
  /** Taxes and discounts belong to lines, and Stripe adds them by itself. */
  get hasMore() {
    return !this.isByAmount && this.preview.total !== this.preview.subtotal;
  }
  get isBeforeTaxes() {
    return this.hasMore && !this.told;
  }
  get rows() {
    return this.preview.lines
      .filter(({ amount }) => amount > 0)
      .map((line) => ({
        ...line,
        countable: isCountable(line),
        typed: this.typed[line.lineId] ?? '',
        most: this.scaled(line.amount),
        label: format(LABELS.creditOf, line.description),
        ofQuantity: format(LABELS.ofQuantity, line.quantity),
        credit: this.major(lineCredit(line, this.typed[line.lineId], this.decimals) ?? ZERO),
      }));
  }

  /** In the smallest unit; null while what was typed is no such amount. */
  get total() {
    const total = this.isByAmount ? toScaled(this.amount, this.decimals) : this.linesTotal;
    return total !== null && total > ZERO ? total : null;
  }
  get linesTotal() {
    return this.told
      ? this.scaled(this.told.total)
      : linesCredit(this.preview.lines, this.typed, this.decimals);
  }
  get parts() {
    if (!this.isByAmount && this.told)
      return { lowered: this.scaled(this.told.lowered), paid: this.scaled(this.told.toGiveBack) };
    return creditParts(this.total ?? ZERO, this.scaled(this.preview.amountRemaining));
  }
  get refundable() {
    return this.preview.payments.reduce((sum, { left }) => sum + this.scaled(left), ZERO);
  }
  get isGivenBack() {
    return this.parts.paid > ZERO;
  }
  get givenBack() {
    const usual = usualSplit(this.parts.paid, this.refundable);
    return PARTS.map(({ name, label }) => ({
      name,
      label: `${label} (${this.preview.currencyCode})`,
      value: this.split ? this.split[name] : toInput(usual[name], this.decimals),
      most: name === 'refund' ? this.refundable : this.parts.paid,
    }));
  }
  get splitSum() {
    return this.givenBack.reduce(
      (sum, { value }) => sum + (toScaled(value || '0', this.decimals) ?? ZERO),
      ZERO,
    );
  }

  get sums() {
    const { lowered, paid } = this.parts;
    const fact = (id, label, value) => ({ id, label, value: this.major(value), isMoney: true });
    return [
      fact('total', LABELS.creditTotal, this.total ?? ZERO),
      fact('lowered', LABELS.lowersOwed, lowered),
      ...(paid > ZERO
        ? [fact('to-give-back', LABELS.toGiveBack, paid), fact('split', LABELS.splitSum, this.splitSum)]
        : []),
    ];
  }
  /** What cannot be, as it stands; of lines with taxes Stripe alone knows the sum, until it has told. */
  get problem() {
    if (this.total !== null && this.total > this.most) return format(LABELS.tooMuch, this.inWords(this.most));
    if (!this.isGivenBack || this.isBeforeTaxes || this.splitSum === this.parts.paid) return '';
    return format(LABELS.splitDiffers, this.inWords(this.parts.paid));
  }

  handleWay(event) {
    this.forgetError();
    this.way = event.detail.value;
    this.split = null;
  }
  handleAmount(event) {
    this.forgetError();
    this.amount = event.detail.value;
  }
  handleLine(event) {
    this.forgetError();
    this.typed = { ...this.typed, [event.currentTarget.dataset.line]: event.detail.value };
    this.split = null;
    this.told = null;
    clearTimeout(this.typingTimer);
    if (!this.hasMore || this.total === null) return;
    // One question to Stripe per pause in typing instead of one per key.
    // eslint-disable-next-line @lwc/lwc/no-async-operation
    this.typingTimer = setTimeout(() => this.askStripe(), TYPING_PAUSE_MS);
  }
  /** An answer to what was typed before is none to what is typed now. */
  async askStripe() {
    const { typed } = this;
    try {
      const lines = this.creditedLines('stripeLineId');
      const told = await previewCredit({ invoiceId: this.recordId, params: JSON.stringify({ lines }) });
      if (this.typed === typed) this.told = told;
    } catch (error) {
      if (this.typed === typed) this.errorText = inWords(error);
    }
  }
  handlePart(event) {
    this.forgetError();
    const shown = Object.fromEntries(this.givenBack.map(({ name, value }) => [name, value]));
    this.split = { ...shown, [event.currentTarget.dataset.part]: event.detail.value };
  }
  handleField(event) {
    this[event.currentTarget.dataset.text] = event.detail.value;
  }

  async handleConfirm() {
    if (!this.reportFields()) return;
    const problem = this.total === null ? LABELS.nothingCredited : this.problem;
    if (problem) this.errorText = problem;
    else await this.run(this.params());
  }

  params() {
    const memo = this.memo.trim();
    return {
      ...(this.isByAmount ? { amount: this.major(this.total) } : { lines: this.creditedLines() }),
      ...(this.reason && { reason: this.reason }),
      ...(memo && { memo }),
      ...(this.isGivenBack &&
        Object.fromEntries(
          this.givenBack.map(({ name, value }) => [name, this.major(toScaled(value || '0', this.decimals))]),
        )),
    };
  }

  /** By the org's ids of the lines, or by Stripe's. */
  creditedLines(idField = 'lineId') {
    const credited = this.rows.filter(({ credit }) => credit > 0);
    return credited.map(({ countable, typed, credit, ...line }) => ({
      line: line[idField],
      ...(countable ? { quantity: Number(typed) } : { amount: credit }),
    }));
  }

  scaled(value) {
    return toScaled(value, this.decimals);
  }
  major(value) {
    return toMajor(value, this.decimals);
  }
  inWords(value) {
    return inMoney(value, { decimals: this.decimals, currencyCode: this.preview.currencyCode });
  }
}
