import { LightningElement } from 'lwc';
import { loadObjectInfo } from 'runtime/objectInfo';
import { query } from 'runtime/orgClient';
import { likePattern } from 'runtime/soql';
import { navigate } from 'runtime/navigation';
import { iconOf } from 'shell/objects';

// What is searched and what tells two records of the same name apart.
const searched = [
  { object: 'Account', fields: ['Name', 'Billing_Email__c', 'AccountNumber'], subText: 'BillingCity' },
  { object: 'Invoice__c', fields: ['Name', 'Number__c', 'Account__r.Name'], subText: 'Account__r.Name' },
  { object: 'Product2', fields: ['Name', 'ProductCode'], subText: 'ProductCode' },
];

/** Finds records by parts of their names and numbers, as they are typed. */
export default class GlobalSearch extends LightningElement {
  text = '';
  items = [];
  searching = false;
  searches = 0;

  handleText({ detail }) {
    this.text = detail.text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(detail.text.trim()), 200);
  }

  handleSelect({ detail }) {
    if (!detail.value) return;
    const [objectApiName, recordId] = detail.value.split(' ');
    this.text = '';
    this.items = [];
    navigate({ type: 'standard__recordPage', attributes: { objectApiName, recordId, actionName: 'view' } });
  }

  async search(text) {
    const search = ++this.searches;
    this.searching = text.length > 1;
    const groups = text.length > 1 ? await Promise.all(searched.map((each) => this.find(each, text))) : [];
    if (search !== this.searches) return;
    this.searching = false;
    const found = groups.filter(({ items }) => items.length > 0);
    this.items =
      found.length > 0 || text.length < 2 ? found : [{ label: `Nothing found for “${text}”`, items: [] }];
  }

  async find({ object, fields, subText }, text) {
    try {
      const { labelPlural, fields: visible } = await loadObjectInfo(object);
      const usable = fields.filter((field) => visible[field.replace(/__r\..*/, '__c')]);
      const extra = visible[subText.replace(/__r\..*/, '__c')] ? [subText] : [];
      const where = usable.map((field) => `${field} LIKE ${likePattern(text)}`).join(' OR ');
      const select = [...new Set(['Id', 'Name', ...extra])].join(', ');
      const { records } = await query(`SELECT ${select} FROM ${object} WHERE ${where} ORDER BY Name LIMIT 5`);
      const items = records.map((record) => ({
        type: 'option-card',
        text: record.Name,
        subText: extra.length > 0 ? subTextOf(record, subText) : '',
        iconName: iconOf(object),
        value: `${object} ${record.Id}`,
      }));
      return { label: labelPlural, items };
    } catch {
      // An object that the user may not see has no results.
      return { label: object, items: [] };
    }
  }
}

function subTextOf(record, path) {
  return path.split('.').reduce((value, name) => value?.[name], record) ?? '';
}
