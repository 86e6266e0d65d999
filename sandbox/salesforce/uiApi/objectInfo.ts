import { OrgError } from '../orgError.ts';
import { ok } from '../rest/answer.ts';
import type { RestAnswer, RestRequest } from '../rest/answer.ts';
import { describeFor } from '../rest/describe.ts';
import type { FieldDescribe, ObjectDescribe, PicklistValue } from '../schema/describeTypes.ts';
import { masterRecordType } from '../schema/objectFlags.ts';
import type { UiContext } from './uiApiRoutes.ts';

const dataTypes: Record<string, string> = {
  id: 'Reference',
  textarea: 'TextArea',
  datetime: 'DateTime',
  multipicklist: 'MultiPicklist',
};

/** What an object and its fields are, for this user. */
export function objectInfo(request: RestRequest, context: UiContext): RestAnswer {
  const describe = visibleDescribe(request, context);
  const nameFields = describe.fields.filter((field) => field.nameField).map((field) => field.name);
  return ok({
    apiName: describe.name,
    associateEntityType: null,
    associateParentEntity: null,
    childRelationships: describe.childRelationships.map((child) => ({
      childObjectApiName: child.childSObject,
      fieldName: child.field,
      junctionIdListNames: [],
      junctionReferenceTo: [],
      relationshipName: child.relationshipName,
    })),
    compactLayoutable: true,
    createable: describe.createable,
    custom: describe.custom,
    defaultRecordTypeId: masterRecordType.recordTypeId,
    deletable: describe.deletable,
    dependentFields: {},
    feedEnabled: false,
    fields: Object.fromEntries(describe.fields.map((field) => [field.name, fieldInfo(context, field)])),
    keyPrefix: describe.keyPrefix,
    label: describe.label,
    labelPlural: describe.labelPlural,
    layoutable: true,
    mruEnabled: true,
    nameFields:
      nameFields.length === 0
        ? []
        : describe.name === 'Contact'
          ? ['FirstName', 'LastName', 'Name']
          : nameFields,
    queryable: true,
    recordTypeInfos: {
      [masterRecordType.recordTypeId]: {
        available: true,
        defaultRecordTypeMapping: true,
        master: true,
        name: 'Master',
        recordTypeId: masterRecordType.recordTypeId,
      },
    },
    searchLayoutable: true,
    searchable: true,
    updateable: describe.updateable,
  });
}

/** Values of all picklists of an object. */
export function picklistValues(request: RestRequest, context: UiContext): RestAnswer {
  const describe = visibleDescribe(request, context);
  const picklists = describe.fields.filter((field) => field.picklistValues.length > 0);
  const entries = picklists.map((field): [string, unknown] => {
    const values = field.picklistValues.filter((value) => value.active).map(picklistValue);
    const usual = field.picklistValues.find((value) => value.defaultValue);
    return [field.name, { controllerValues: {}, defaultValue: usual ? picklistValue(usual) : null, values }];
  });
  return ok({ picklistFieldValues: Object.fromEntries(entries) });
}

function picklistValue({ label, value }: PicklistValue) {
  return { attributes: null, label, validFor: [], value };
}

function visibleDescribe({ segments }: RestRequest, { org, actor }: UiContext): ObjectDescribe {
  const object = org.schema.object(segments[1] ?? '');
  if (!object) throw new OrgError('INVALID_TYPE', `Object ${segments[1]} is not supported in UI API`);
  if (!actor.access.object(object).read) {
    throw new OrgError('INSUFFICIENT_ACCESS', `You don't have access to the object ${object.name}.`);
  }
  return describeFor(org.schema, actor.access, object);
}

function fieldInfo({ org }: UiContext, field: FieldDescribe) {
  const compoundFieldName = field.compoundFieldName === field.name ? null : field.compoundFieldName;
  return {
    apiName: field.name,
    calculated: field.calculated,
    compound: field.type === 'address' || (field.name === 'Name' && field.extraTypeInfo === 'personname'),
    compoundComponentName: compoundFieldName
      ? field.name.replace(compoundFieldName.replace('Address', ''), '')
      : null,
    compoundFieldName,
    controllerName: null,
    controllingFields: [],
    createable: field.createable,
    custom: field.custom,
    dataType: dataTypes[field.type] ?? field.type[0]!.toUpperCase() + field.type.slice(1),
    extraTypeInfo: field.extraTypeInfo,
    filterable: field.filterable,
    filteredLookupInfo: null,
    highScaleNumber: false,
    htmlFormatted: field.htmlFormatted,
    inlineHelpText: field.inlineHelpText,
    label: field.label,
    length: field.length,
    maskType: null,
    nameField: field.nameField,
    polymorphicForeignKey: field.polymorphicForeignKey,
    precision: field.precision,
    reference: field.type === 'reference',
    referenceTargetField: null,
    referenceToInfos: field.referenceTo.map((apiName) => ({
      apiName,
      nameFields: [org.schema.object(apiName)?.nameField?.name ?? 'Name'],
    })),
    relationshipName: field.relationshipName,
    required: !field.nillable && field.createable && field.type !== 'boolean',
    scale: field.scale,
    searchPrefilterable: field.searchPrefilterable,
    sortable: field.sortable,
    unique: field.unique,
    updateable: field.updateable,
  };
}
