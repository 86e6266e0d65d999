import type { FieldDescribe, FieldType } from './describeTypes.ts';

export type FieldSketch = Partial<FieldDescribe> & { name: string; type: FieldType };

const textTypes: FieldType[] = ['string', 'textarea', 'picklist', 'multipicklist', 'email', 'phone', 'url'];
const soapTypes: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  time: 'xsd:time',
  address: 'urn:address',
};

/** Completes a sketch of a field to a whole describe entry, with what the platform says for its type. */
export function describeField(sketch: FieldSketch): FieldDescribe {
  const { type } = sketch;
  const long = type === 'textarea' && (sketch.length ?? 255) > 255;
  const compound = type === 'address' || type === 'location';
  const length = sketch.length ?? defaultLength(type);
  return {
    ...blank,
    label: sketch.name,
    soapType: soapTypes[type] ?? 'xsd:string',
    length,
    byteLength: textTypes.includes(type) ? length * 3 : length,
    aggregatable: !long && !compound && type !== 'boolean',
    filterable: !long,
    groupable: !long && !compound && !['double', 'currency', 'percent', 'datetime'].includes(type),
    sortable: !long && !compound,
    ...sketch,
  };
}

function defaultLength(type: FieldType): number {
  if (type === 'id' || type === 'reference') return 18;
  if (type === 'email') return 80;
  if (type === 'phone') return 40;
  return textTypes.includes(type) ? 255 : 0;
}

const blank: FieldDescribe = {
  aggregatable: true,
  aiPredictionField: false,
  autoNumber: false,
  byteLength: 0,
  calculated: false,
  calculatedFormula: null,
  cascadeDelete: false,
  caseSensitive: false,
  compoundFieldName: null,
  controllerName: null,
  createable: true,
  custom: false,
  defaultValue: null,
  defaultValueFormula: null,
  defaultedOnCreate: false,
  dependentPicklist: false,
  deprecatedAndHidden: false,
  digits: 0,
  displayLocationInDecimal: false,
  encrypted: false,
  externalId: false,
  extraTypeInfo: null,
  filterable: true,
  filteredLookupInfo: null,
  formulaTreatNullNumberAsZero: false,
  groupable: true,
  highScaleNumber: false,
  htmlFormatted: false,
  idLookup: false,
  inlineHelpText: null,
  label: '',
  length: 0,
  mask: null,
  maskType: null,
  name: '',
  nameField: false,
  namePointing: false,
  nillable: true,
  permissionable: true,
  picklistValues: [],
  polymorphicForeignKey: false,
  precision: 0,
  queryByDistance: false,
  referenceTargetField: null,
  referenceTo: [],
  relationshipName: null,
  relationshipOrder: null,
  restrictedDelete: false,
  restrictedPicklist: false,
  scale: 0,
  searchPrefilterable: false,
  soapType: 'xsd:string',
  sortable: true,
  type: 'string',
  unique: false,
  updateable: true,
  writeRequiresMasterRead: false,
};
