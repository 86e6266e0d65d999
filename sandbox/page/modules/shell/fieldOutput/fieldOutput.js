import { LightningElement, api } from 'lwc';
import { addressOf } from 'shell/address';
import { hasPage, pathOf, recordUrl } from 'shell/rows';

/** The value of a field of a UI API record, in the form of its type. */
export default class FieldOutput extends LightningElement {
  @api field;
  @api record;

  get type() {
    return this.field.dataType;
  }
  get content() {
    return this.record?.fields[this.field.apiName];
  }
  get value() {
    return this.isAddress ? addressOf(this.record, this.field.apiName) : this.content?.value;
  }
  get isEmpty() {
    if (this.isAddress) return !this.value;
    return this.value === null || this.value === undefined || this.value === '';
  }
  get text() {
    return this.isReference ? this.referenceName : (this.content?.displayValue ?? String(this.value));
  }

  get referenceName() {
    const [relationship, name] = pathOf(this.field).split('.');
    return (
      this.record.fields[relationship]?.value?.fields?.[name]?.value ??
      this.content.displayValue ??
      this.value
    );
  }
  get referenceObject() {
    return (
      this.record.fields[this.field.relationshipName]?.value?.apiName ??
      this.field.referenceToInfos?.[0]?.apiName
    );
  }
  get href() {
    return recordUrl(this.referenceObject, this.value);
  }

  get isReference() {
    return this.type === 'Reference';
  }
  get isLink() {
    return this.isReference && hasPage(this.referenceObject);
  }
  get isUrl() {
    return this.type === 'Url';
  }
  get isEmail() {
    return this.type === 'Email';
  }
  get isPhone() {
    return this.type === 'Phone';
  }
  get isDate() {
    return this.type === 'Date';
  }
  get isDateTime() {
    return this.type === 'DateTime';
  }
  get isCurrency() {
    return this.type === 'Currency' && !this.content.displayValue;
  }
  get currencyCode() {
    return this.record.fields.CurrencyIsoCode?.value ?? 'USD';
  }
  get isNumber() {
    return ['Double', 'Int'].includes(this.type) && !this.content.displayValue;
  }
  get isBoolean() {
    return this.type === 'Boolean';
  }
  get isAddress() {
    return this.type === 'Address';
  }
  get isLongText() {
    return this.type === 'TextArea';
  }
}
