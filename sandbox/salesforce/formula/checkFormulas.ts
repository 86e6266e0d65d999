import type { Schema } from '../schema/schema.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import { compileFormula } from './compileFormula.ts';

/** Fails when the org starts, not when somebody reads a record, if a formula or a field it names is unknown. */
export function checkFormulas(schema: Schema): void {
  for (const object of schema.objects) {
    for (const { name, calculatedFormula, defaultValueFormula } of object.fields) {
      const formula = calculatedFormula ?? defaultValueFormula;
      if (formula !== null) checkFormula(schema, object, { name, formula });
    }
    for (const { name, formula } of object.validationRules) checkFormula(schema, object, { name, formula });
  }
}

function checkFormula(
  schema: Schema,
  object: ObjectSchema,
  { name, formula }: { name: string; formula: string },
): void {
  try {
    for (const path of compileFormula(formula).fields) {
      let current: ObjectSchema | undefined = object;
      const names = path.split('.');
      for (const relationship of names.slice(0, -1)) {
        current = schema.object(current?.relationship(relationship)?.referenceTo[0] ?? '');
      }
      if (!current?.field(names.at(-1)!)) throw new Error(`There is no field ${path}.`);
    }
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The formula of ${object.name}.${name} cannot be used: ${words}`, { cause });
  }
}
