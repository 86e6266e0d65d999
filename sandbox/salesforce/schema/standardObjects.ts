import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldDescribe, ObjectDescribe } from './describeTypes.ts';
import { describeField } from './field.ts';
import type { FieldSketch } from './field.ts';
import { ObjectSchema } from './objectSchema.ts';
import { objectFlags } from './objectFlags.ts';
import { auditFields, idField, ownerField } from './systemFields.ts';

const folder = join(import.meta.dirname, '..', 'describes');

type Sketch = {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string;
  owned?: boolean;
  readOnly?: boolean;
  autoNumbers?: Record<string, string>;
  fields: FieldSketch[];
};

/** Account and Contact from real describes, the other standard objects from the short ones beside them. */
export function standardObjects(): ObjectSchema[] {
  const real = readdirSync(folder).filter((file) => file.endsWith('.describe.json'));
  const short = readdirSync(folder).filter((file) => file.endsWith('.short.json'));
  return [
    ...real.map((file) => fromDescribe(readJson(file) as ObjectDescribe)),
    ...short.map((file) => fromSketch(readJson(file) as Sketch)),
  ];
}

function fromDescribe({ fields, childRelationships: _otherOrg, ...flags }: ObjectDescribe): ObjectSchema {
  return new ObjectSchema(flags, fields.map(withoutForeignDefaults));
}

/** A few keys are newer than the API version the describe was taken with. */
function withoutForeignDefaults(field: FieldDescribe): FieldDescribe {
  return { ...describeField({ name: field.name, type: field.type }), ...field };
}

function fromSketch(sketch: Sketch): ObjectSchema {
  const { name, label, labelPlural, keyPrefix, readOnly = false } = sketch;
  const flags = objectFlags({ name, label, labelPlural, keyPrefix, custom: false });
  Object.assign(flags, { createable: !readOnly, updateable: !readOnly, deletable: !readOnly });
  const fields = [
    idField(`${label} ID`),
    ...(sketch.owned ? [ownerField()] : []),
    ...sketch.fields.map(describeField),
    ...auditFields(),
  ];
  const schema = new ObjectSchema(flags, fields);
  for (const [field, format] of Object.entries(sketch.autoNumbers ?? {}))
    schema.autoNumberFormats.set(field, format);
  return schema;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}
