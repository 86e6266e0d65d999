import path from 'node:path';
import ts from 'typescript';
import type { Schema, Wire } from './contractDocument.ts';
import { fractionalNumbers, wholeResources } from './resources.ts';
import { isDecimal, isOtherString } from './stripeTypes.ts';
import { unionSchema } from './unionSchema.ts';

/**
 * Turns types of the `stripe` package into schemas of what goes over the wire. Named interfaces become `$defs`, so
 * that the recursive ones (an invoice holds a payment, which may hold the invoice) come to an end.
 */
export class TypeSchemas {
  readonly $defs: Record<string, Schema> = {};
  readonly checker: ts.TypeChecker;
  readonly resourcesFolder: string;

  constructor(checker: ts.TypeChecker, resourcesFolder: string) {
    this.checker = checker;
    this.resourcesFolder = resourcesFolder;
  }

  /** `property` is the name of the field that holds the type: it tells integers from the few fractions. */
  schemaOf(type: ts.Type, wire: Wire, property = ''): Schema {
    if (isEventUnion(type)) return { $ref: '#/$defs/event' };
    if (type.isUnion()) return unionSchema(this, { type, wire, property });
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.flags & ts.TypeFlags.Never) return false;
    if (this.checker.isArrayType(type)) {
      const element = this.checker.getTypeArguments(type as ts.TypeReference)[0];
      return { type: 'array', items: element ? this.schemaOf(element, wire, property) : {} };
    }
    if (isObjectOnTheWire(type)) return this.#namedObject(type, wire);
    return this.#scalar(type, wire, property);
  }

  #scalar(type: ts.Type, wire: Wire, property: string): Schema {
    const asText = wire === 'request';
    if (type.isStringLiteral()) return { enum: [type.value] };
    if (type.flags & ts.TypeFlags.BooleanLiteral) {
      const value = this.checker.typeToString(type);
      return { enum: [asText ? value : value === 'true'] };
    }
    if (type.flags & ts.TypeFlags.Null) return asText ? { enum: [''] } : { type: 'null' };
    if (type.flags & ts.TypeFlags.String || isOtherString(type)) return { type: 'string' };
    if (isDecimal(type)) return { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' };
    if (type.flags & ts.TypeFlags.Number) {
      const fractional = fractionalNumbers.has(property);
      if (asText) return { type: 'string', pattern: fractional ? '^-?\\d+(\\.\\d+)?$' : '^-?\\d+$' };
      return { type: fractional ? 'number' : 'integer' };
    }
    throw new Error(`No schema for the type ${this.checker.typeToString(type)} of the field "${property}"`);
  }

  /** All fields of an object, with exactly the declared ones allowed. */
  objectSchema(type: ts.Type, wire: Wire): { [keyword: string]: unknown } {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const field of this.checker.getPropertiesOfType(type)) {
      const fieldType = this.checker.getTypeOfSymbol(field);
      if (isAbsent(fieldType)) continue;
      properties[field.name] =
        field.name === 'previous_attributes'
          ? this.#changedFields(fieldType)
          : this.schemaOf(fieldType, wire, field.name);
      if (!(field.flags & ts.SymbolFlags.Optional)) required.push(field.name);
    }
    const [index] = this.checker.getIndexInfosOfType(type);
    const rest = index ? this.schemaOf(index.type, wire) : false;
    return { type: 'object', properties, ...(required.length && { required }), additionalProperties: rest };
  }

  /** `previous_attributes` of an event holds any fields of the object, nested ones only as far as they changed. */
  #changedFields(type: ts.Type): Schema {
    const fields = this.checker.getPropertiesOfType(this.checker.getNonNullableType(type));
    const known = Object.fromEntries(fields.map((field) => [field.name, true]));
    return { type: 'object', properties: known, additionalProperties: fields.length === 0 };
  }

  #namedObject(type: ts.Type, wire: Wire): Schema {
    const name = this.#nameOf(type, wire);
    if (!name) return this.#listOrAnonymous(type, wire);
    if (!(name in this.$defs)) {
      // The name is taken before the fields are read, because they may lead back here.
      this.$defs[name] = {};
      this.$defs[name] = this.#isForeign(type, wire) ? this.#identity(type) : this.objectSchema(type, wire);
    }
    return { $ref: `#/$defs/${name}` };
  }

  #listOrAnonymous(type: ts.Type, wire: Wire): Schema {
    const schema = this.objectSchema(type, wire);
    // `expand[]=total_count` adds the count to any list; the types have it for searches only.
    if (type.symbol.name === 'ApiList')
      Object.assign(schema.properties as object, { total_count: { type: 'integer' } });
    return schema;
  }

  /** For example `response.Invoices.Invoice.Parent`; undefined for generic and anonymous types. */
  #nameOf(type: ts.Type, wire: Wire): string | undefined {
    const declaration = type.symbol?.declarations?.[0];
    if (!declaration || !ts.isInterfaceDeclaration(declaration) || declaration.typeParameters)
      return undefined;
    const parts: string[] = [];
    for (let node: ts.Node = declaration; node; node = node.parent) {
      if (ts.isInterfaceDeclaration(node) || ts.isModuleDeclaration(node)) parts.unshift(node.name.text);
    }
    return [wire, this.#fileOf(type).replaceAll('/', '.'), ...parts].join('.');
  }

  #fileOf(type: ts.Type): string {
    const file = type.symbol.declarations?.[0]?.getSourceFile().fileName ?? '';
    return path
      .relative(this.resourcesFolder, file)
      .replaceAll(path.sep, '/')
      .replace(/\.d\.ts$/, '')
      .replace('../', '');
  }

  /** A resource of another part of Stripe, such as a Subscription within an Invoice: the sandbox has none of them. */
  #isForeign(type: ts.Type, wire: Wire): boolean {
    return wire === 'response' && !wholeResources.has(this.#fileOf(type)) && this.tagOf(type) !== undefined;
  }

  #identity(type: ts.Type): Schema {
    const hasId = type.getProperty('id') !== undefined;
    return {
      type: 'object',
      properties: { id: { type: 'string' }, object: { const: this.tagOf(type) } },
      required: hasId ? ['id', 'object'] : ['object'],
    };
  }

  /** The literal of the field `object`, by which Stripe names the kind of every object. */
  tagOf(type: ts.Type): string | undefined {
    const tag = type.getProperty('object');
    const tagType = tag && this.checker.getTypeOfSymbol(tag);
    return tagType?.isStringLiteral() ? tagType.value : undefined;
  }
}

/** `Event` is a union of more than 250 types; it is told apart by its `type`, see `eventData` of the contract. */
function isEventUnion(type: ts.Type): boolean {
  return (
    type.isUnion() &&
    type.types.length > 100 &&
    type.types.every((one) => /Event$/.test(one.symbol?.name ?? ''))
  );
}

function isObjectOnTheWire(type: ts.Type): boolean {
  const isObject = type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection);
  return Boolean(isObject) && !isDecimal(type) && !isOtherString(type);
}

/** A field that is declared only to say that it may not be there. */
function isAbsent(type: ts.Type): boolean {
  const parts = type.isUnion() ? type.types : [type];
  return parts.every((part) => part.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined));
}
