import type { FieldDescribe, FieldType, PicklistValue } from './describeTypes.ts';
import { describeField } from './field.ts';
import type { FieldSketch } from './field.ts';
import { child, flag, list, number, text } from './metadataXml.ts';
import type { XmlNode } from './metadataXml.ts';

export type CustomField = { field: FieldDescribe; relation?: Relation; autoNumberFormat?: string };
export type Relation = { to: string; childRelationshipName: string | null; masterDetail: boolean };

// Metadata API field types (CustomField.type) and what describe calls them.
const types: Record<string, FieldType> = {
  AutoNumber: 'string',
  Checkbox: 'boolean',
  Currency: 'currency',
  Date: 'date',
  DateTime: 'datetime',
  Email: 'email',
  Html: 'textarea',
  LongTextArea: 'textarea',
  Lookup: 'reference',
  MasterDetail: 'reference',
  MultiselectPicklist: 'multipicklist',
  Number: 'double',
  Percent: 'percent',
  Phone: 'phone',
  Picklist: 'picklist',
  Text: 'string',
  TextArea: 'textarea',
  Time: 'time',
  Url: 'url',
};

/** One objects/X/fields/Y.field-meta.xml as describe shows it. */
export function customField(node: XmlNode, name: string): CustomField {
  const metadataType = text(node, 'type') ?? '';
  const type = types[metadataType];
  if (!type)
    throw new Error(`Field ${name} has the type "${metadataType}", which the sandbox org does not know.`);
  const masterDetail = metadataType === 'MasterDetail';
  const required = flag(node, 'required') || masterDetail;
  const formula = text(node, 'formula');
  const autoNumber = metadataType === 'AutoNumber';
  const readOnly = formula !== undefined || autoNumber;
  const unique = flag(node, 'unique');
  const externalId = flag(node, 'externalId');
  const defaultFormula = formula === undefined ? text(node, 'defaultValue') : undefined;

  const sketch: FieldSketch = {
    name,
    type,
    label: text(node, 'label') ?? name,
    inlineHelpText: text(node, 'inlineHelpText') ?? null,
    custom: true,
    nillable: !required && type !== 'boolean',
    createable: !readOnly,
    updateable: !readOnly && (!masterDetail || flag(node, 'reparentableMasterDetail')),
    permissionable: !required,
    unique,
    externalId,
    idLookup: externalId,
    caseSensitive: flag(node, 'caseSensitive'),
    autoNumber,
    calculated: formula !== undefined,
    calculatedFormula: formula ?? null,
    formulaTreatNullNumberAsZero:
      formula !== undefined && text(node, 'formulaTreatBlanksAs') !== 'BlankAsBlank',
    htmlFormatted: metadataType === 'Html',
    defaultedOnCreate: autoNumber || type === 'boolean',
    ...numeric(node, type),
    ...picklist(node),
    ...defaults(type, defaultFormula),
    ...reference(node, name, masterDetail),
  };
  const length = formula !== undefined && type === 'string' ? 1300 : number(node, 'length');
  if (length !== undefined) sketch.length = length;
  else if (metadataType === 'AutoNumber') sketch.length = 30;
  if (metadataType === 'LongTextArea' || metadataType === 'Html') Object.assign(sketch, notSearchable);

  const to = text(node, 'referenceTo');
  const childName = text(node, 'relationshipName');
  const autoNumberFormat = autoNumber ? text(node, 'displayFormat') : undefined;
  return {
    field: describeField(sketch),
    ...(to && {
      relation: { to, childRelationshipName: childName ? `${childName}__r` : null, masterDetail },
    }),
    ...(autoNumberFormat && { autoNumberFormat }),
  };
}

const notSearchable = { filterable: false, sortable: false, groupable: false, aggregatable: false };

function numeric(node: XmlNode, type: FieldType): Partial<FieldDescribe> {
  if (!['double', 'currency', 'percent'].includes(type)) return {};
  return { precision: number(node, 'precision') ?? 18, scale: number(node, 'scale') ?? 0 };
}

function defaults(type: FieldType, formula: string | undefined): Partial<FieldDescribe> {
  if (type === 'boolean') return { defaultValue: formula === 'true' };
  return formula === undefined ? {} : { defaultValueFormula: formula, defaultedOnCreate: true };
}

function picklist(node: XmlNode): Partial<FieldDescribe> {
  const set = child(node, 'valueSet');
  if (!set) return {};
  const values = list(child(set, 'valueSetDefinition') ?? {}, 'value').map((value): PicklistValue => ({
    active: text(value, 'isActive') !== 'false',
    defaultValue: flag(value, 'default'),
    label: text(value, 'label') ?? text(value, 'fullName') ?? '',
    validFor: null,
    value: text(value, 'fullName') ?? '',
  }));
  return {
    picklistValues: values,
    restrictedPicklist: flag(set, 'restricted'),
    defaultedOnCreate: values.some((value) => value.defaultValue),
  };
}

function reference(node: XmlNode, name: string, masterDetail: boolean): Partial<FieldDescribe> {
  const to = text(node, 'referenceTo');
  if (!to) return {};
  const constraint = text(node, 'deleteConstraint');
  return {
    referenceTo: [to],
    relationshipName: name.replace(/__c$/, '__r'),
    relationshipOrder: masterDetail ? (number(node, 'relationshipOrder') ?? 0) : null,
    cascadeDelete: masterDetail || constraint === 'Cascade',
    restrictedDelete: constraint === 'Restrict',
    writeRequiresMasterRead: flag(node, 'writeRequiresMasterRead'),
  };
}
