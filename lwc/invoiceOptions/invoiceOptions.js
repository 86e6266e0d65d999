import { LightningElement, api } from 'lwc';
import { NO_OPTIONS } from 'c/draftInputs';
import { format } from 'c/labelText';
import { KINDS, LABELS } from './labels';

/** Stripe's: https://docs.stripe.com/api/invoices/object#invoice_object-custom_fields */
const MOST_FIELDS = 4;

/**
 * What a draft says beside its lines, in sections that are closed at first; their headings tell what is in them. The
 * options belong to the parent: this fires optionschange with those that changed.
 */
export default class InvoiceOptions extends LightningElement {
  /** As NO_OPTIONS of c/draftInputs. */
  @api options = NO_OPTIONS;
  /** [{ taxRateId, name, active }] */
  @api taxRates = [];
  @api currencyCode;
  @api decimals = 2;
  /** What the lines come to, in the smallest unit: no more can be taken off. */
  @api subtotal;
  @api today;

  labels = LABELS;
  kinds = KINDS;
  openSections = [];
  chosenKind = null;

  /** Opens the sections of what is wrong, since nobody can see it in a closed one. */
  @api
  reportValidity() {
    const wrong = [...this.template.querySelectorAll('[data-section]')].filter(
      (field) => !field.reportValidity(),
    );
    const sections = wrong.map((field) => field.dataset.section);
    this.openSections = [...new Set([...this.openSections, ...sections])];
    return wrong.length === 0;
  }

  get kind() {
    if (this.chosenKind) return this.chosenKind;
    if (isSaid(this.options.discountPercent)) return 'percent';
    return isSaid(this.options.discountAmount) ? 'amount' : 'none';
  }
  get isPercent() {
    return this.kind === 'percent';
  }
  get isAmount() {
    return this.kind === 'amount';
  }
  get taxRateId() {
    return this.options.taxRateId ?? '';
  }
  get isWithoutRates() {
    return this.taxRates.length === 0;
  }
  get rateOptions() {
    const named = this.taxRates.map(({ taxRateId, name, active }) => ({
      label: active ? name : format(LABELS.archived, name),
      value: taxRateId,
    }));
    return [{ label: LABELS.noTax, value: '' }, ...named];
  }
  get fields() {
    return this.options.customFields.map(({ name, value }, index) => ({
      key: String(index),
      name,
      value,
      nameLabel: `${LABELS.fieldName} ${index + 1}`,
      valueLabel: `${LABELS.fieldValue} ${index + 1}`,
      removeLabel: `${LABELS.remove} ${name || index + 1}`,
    }));
  }
  get canAdd() {
    return this.options.customFields.length < MOST_FIELDS;
  }

  get moneySection() {
    const { discountPercent, discountAmount, taxRateId } = this.options;
    const rate = this.taxRates.find((one) => one.taxRateId === taxRateId);
    return heading(LABELS.moneySection, [
      isSaid(discountPercent) && `${discountPercent}%`,
      isSaid(discountAmount) && `${discountAmount} ${this.currencyCode}`,
      rate?.name,
    ]);
  }
  get textSection() {
    const { footer, customFields } = this.options;
    return heading(LABELS.textSection, [footer && LABELS.footer, ...customFields.map(({ name }) => name)]);
  }
  get scheduleSection() {
    return heading(LABELS.scheduleSection, [this.options.finalizeOn]);
  }

  handleToggle(event) {
    this.openSections = event.detail.openSections;
  }
  handleKind(event) {
    this.chosenKind = event.detail.value;
    this.change({ discountPercent: null, discountAmount: null });
  }
  handleField(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  }
  handleCustomField(event) {
    const { index, part } = event.currentTarget.dataset;
    const customFields = [...this.options.customFields];
    customFields[index] = { ...customFields[index], [part]: event.detail.value };
    this.change({ customFields });
  }
  handleAdd() {
    this.change({ customFields: [...this.options.customFields, { name: '', value: '' }] });
  }
  handleRemove(event) {
    const removed = Number(event.currentTarget.dataset.index);
    this.change({ customFields: this.options.customFields.filter((_, place) => place !== removed) });
  }

  change(options) {
    this.dispatchEvent(new CustomEvent('optionschange', { detail: options }));
  }
}

function isSaid(number) {
  return number !== null && number !== undefined && number !== '';
}

function heading(label, said) {
  const words = said.filter(Boolean);
  return words.length > 0 ? `${label}: ${words.join(', ')}` : label;
}
