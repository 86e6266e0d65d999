import type { ChildRelationship, FieldDescribe, ObjectDescribe, ObjectFlags } from './describeTypes.ts';

/** A condition under which a record is refused, and what is said then. */
export type ValidationRule = { name: string; formula: string; message: string; field: string | undefined };

/** An object of the org: its flags, fields and what points at it. Names are looked up without regard to case. */
export class ObjectSchema {
  readonly flags: ObjectFlags;
  readonly childRelationships: ChildRelationship[] = [];
  /** Display formats of autonumber fields, for example INV-{000000}. */
  readonly autoNumberFormats = new Map<string, string>();
  readonly validationRules: ValidationRule[] = [];
  readonly #fields = new Map<string, FieldDescribe>();
  readonly #relationships = new Map<string, FieldDescribe>();

  constructor(flags: ObjectFlags, fields: FieldDescribe[]) {
    this.flags = flags;
    for (const field of fields) this.addField(field);
  }

  get name(): string {
    return this.flags.name;
  }

  get keyPrefix(): string {
    return this.flags.keyPrefix ?? '000';
  }

  get fields(): FieldDescribe[] {
    return [...this.#fields.values()];
  }

  get nameField(): FieldDescribe | undefined {
    return this.fields.find((field) => field.nameField);
  }

  addField(field: FieldDescribe): void {
    this.#fields.set(field.name.toLowerCase(), field);
    if (field.relationshipName) this.#relationships.set(field.relationshipName.toLowerCase(), field);
  }

  removeField(name: string): void {
    const field = this.field(name);
    if (!field) return;
    this.#fields.delete(name.toLowerCase());
    if (field.relationshipName) this.#relationships.delete(field.relationshipName.toLowerCase());
  }

  field(name: string): FieldDescribe | undefined {
    return this.#fields.get(name.toLowerCase());
  }

  /** The lookup field behind a relationship name such as Account__r. */
  relationship(name: string): FieldDescribe | undefined {
    return this.#relationships.get(name.toLowerCase());
  }

  childRelationship(name: string): ChildRelationship | undefined {
    return this.childRelationships.find(
      (child) => child.relationshipName?.toLowerCase() === name.toLowerCase(),
    );
  }

  describe(): ObjectDescribe {
    return { ...this.flags, fields: this.fields, childRelationships: this.childRelationships };
  }
}
