import { OrgError } from '../orgError.ts';
import { ok } from '../rest/answer.ts';
import type { RestAnswer, RestRequest } from '../rest/answer.ts';
import { masterRecordType } from '../schema/objectFlags.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { LayoutItem, LayoutSection } from './layoutSource.ts';
import type { UiContext } from './uiApiRoutes.ts';

/** The object's page layout without the fields that this user cannot see. */
export function layout(request: RestRequest, context: UiContext): RestAnswer {
  const { org, actor, layouts } = context;
  const object = org.schema.object(request.segments[1] ?? '');
  if (!object || !actor.access.object(object).read) {
    throw new OrgError('INVALID_TYPE', `Object ${request.segments[1]} is not supported in UI API`);
  }
  const sections = layouts.sections(object.name) ?? [standardSection(object)];
  return ok({
    id: null,
    layoutType: request.query.get('layoutType') ?? 'Full',
    mode: request.query.get('mode') ?? 'View',
    objectApiName: object.name,
    recordTypeId: masterRecordType.recordTypeId,
    saveOptions: [],
    sections: sections.map((section, index) => sectionRepresentation(context, object, { section, index })),
  });
}

/** For objects without a layout: every field that a person could fill in, in two columns. */
function standardSection(object: ObjectSchema): LayoutSection {
  const shown = object.fields.filter(
    (field) => (field.createable || field.updateable) && !field.compoundFieldName?.endsWith('Address'),
  );
  const items = shown.map((field): LayoutItem => ({
    field: field.name,
    behavior: field.nillable ? 'Edit' : 'Required',
  }));
  const half = Math.ceil(items.length / 2);
  return { label: 'Details', heading: true, columns: [items.slice(0, half), items.slice(half)] };
}

function sectionRepresentation(
  context: UiContext,
  object: ObjectSchema,
  { section, index }: { section: LayoutSection; index: number },
) {
  const rows = Math.max(0, ...section.columns.map((column) => column.length));
  const layoutRows = Array.from({ length: rows }, (_none, row) => ({
    layoutItems: section.columns.map((column) => itemRepresentation(context, object, column[row])),
  }));
  return {
    collapsible: true,
    columns: section.columns.length,
    heading: section.label,
    id: `${object.name}-${index}`,
    layoutRows,
    rows,
    tabOrder: 'LeftRight',
    useHeading: section.heading,
  };
}

function itemRepresentation({ actor }: UiContext, object: ObjectSchema, item: LayoutItem) {
  const field = item && object.field(item.field);
  if (!item || !field || !actor.access.canRead(object, field)) return emptySpace;
  const editable = item.behavior !== 'Readonly' && actor.access.canEdit(object, field);
  const compound = field.type === 'address';
  return {
    editableForNew: editable && (field.createable || compound),
    editableForUpdate: editable && (field.updateable || compound),
    label: labelOf(field),
    layoutComponents: [{ apiName: field.name, componentType: 'Field', label: labelOf(field) }],
    lookupIdApiName: field.type === 'reference' ? 'Id' : null,
    required: item.behavior === 'Required',
    sortable: field.sortable,
  };
}

/** A lookup is shown by its record's name, so its label loses the "ID" of the field. */
function labelOf({ type, label }: FieldDescribe): string {
  return type === 'reference' ? label.replace(/ ID$/, '') : label;
}

const emptySpace = {
  editableForNew: false,
  editableForUpdate: false,
  label: '',
  layoutComponents: [{ apiName: null, componentType: 'EmptySpace' }],
  lookupIdApiName: null,
  required: false,
  sortable: false,
};
