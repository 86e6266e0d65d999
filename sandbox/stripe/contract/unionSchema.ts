import ts from 'typescript';
import type { Schema, Wire } from './contractDocument.ts';
import { isOtherString } from './stripeTypes.ts';

/** What a union asks about its members. */
interface MemberSchemas {
  schemaOf(type: ts.Type, wire: Wire, property: string): Schema;
  tagOf(type: ts.Type): string | undefined;
}

interface Union {
  type: ts.UnionType;
  wire: Wire;
  property: string;
}

/**
 * The schema of "one of these types". The branch is chosen by what the value is (object, array, scalar) and, among
 * objects, by their own `object` field, not by `anyOf`: a wrong value is then told against the one branch it meant.
 */
export function unionSchema(schemas: MemberSchemas, { type, wire, property }: Union): Schema {
  const members = type.types.filter(
    (member) => !(member.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)),
  );
  const literals = members.some((member) => member.isStringLiteral());
  const written = members
    // The sandbox may say only what Stripe is known to say, so the known values of an open enum are all there are.
    .filter((member) => !(literals && isOtherString(member)))
    .map((member) => ({ member, schema: schemas.schemaOf(member, wire, property) }));

  const arrays = written.filter(({ schema }) => kindOf(schema) === 'array');
  const objects = written.filter(({ schema }) => kindOf(schema) === 'object');
  const scalars = written.filter(({ schema }) => kindOf(schema) === 'scalar');
  const otherwise: Schema = scalars.length ? anyScalar(scalars.map(({ schema }) => schema)) : false;
  const unlessArray = arrays.length
    ? choose({ type: 'array' }, anyOf(arrays.map(({ schema }) => schema)), otherwise)
    : otherwise;
  return objects.length ? choose({ type: 'object' }, anyObject(schemas, objects), unlessArray) : unlessArray;
}

function kindOf(schema: Schema): 'array' | 'object' | 'scalar' {
  if (typeof schema === 'boolean') return 'scalar';
  if (schema.type === 'array') return 'array';
  return '$ref' in schema || schema.type === 'object' ? 'object' : 'scalar';
}

/** `if` without an alternative is the plain schema. */
function choose(condition: Schema, then: Schema, otherwise: Schema): Schema {
  return otherwise === false ? then : { if: condition, then, else: otherwise };
}

function anyScalar(scalars: Schema[]): Schema {
  const plain = scalars.filter((schema) => typeof schema === 'object') as {
    enum?: unknown[];
    type?: string;
  }[];
  const values = plain.flatMap((schema) => schema.enum ?? []);
  const nullable = plain.some((schema) => schema.type === 'null');
  // A plain string takes every text, so what else goes over the wire as text adds nothing to it.
  const text = plain.find((schema) => schema.type === 'string' && !('pattern' in schema));
  if (text && values.every((value) => typeof value === 'string') && plain.every(isText)) {
    return nullable ? { type: ['string', 'null'] } : { type: 'string' };
  }
  const open = dedupe(plain.filter((schema) => !schema.enum && schema.type !== 'null'));
  const [only] = open;
  if (open.length === 0) return { enum: nullable ? [...values, null] : values };
  if (open.length === 1 && values.length === 0 && only) {
    return nullable ? { ...only, type: [only.type, 'null'] } : only;
  }
  const alternatives: Schema[] = values.length ? [...open, { enum: values }] : open;
  return { anyOf: nullable ? [...alternatives, { type: 'null' }] : alternatives };
}

function isText(schema: { enum?: unknown[]; type?: string }): boolean {
  return schema.enum !== undefined || schema.type === 'string' || schema.type === 'null';
}

/** Objects are told apart by the literal of `object`, and a deleted one from a living one by its `deleted`. */
function anyObject(schemas: MemberSchemas, objects: { member: ts.Type; schema: Schema }[]): Schema {
  const tagged = objects.map(({ member, schema }) => ({
    schema,
    tag: schemas.tagOf(member),
    deleted: member.getProperty('deleted') !== undefined && /^Deleted/.test(member.symbol?.name ?? ''),
  }));
  const keys = tagged.map(({ tag, deleted }) => `${tag} ${deleted}`);
  if (tagged.some(({ tag }) => !tag) || new Set(keys).size < keys.length) {
    return anyOf(objects.map(({ schema }) => schema));
  }
  const [first, ...rest] = tagged.sort((a, b) => Number(b.deleted) - Number(a.deleted));
  if (first && rest.length === 0) return first.schema;
  const unknown: Schema = {
    type: 'object',
    properties: { object: { enum: [...new Set(tagged.map(({ tag }) => tag))] } },
    required: ['object'],
    additionalProperties: false,
  };
  return tagged.reduceRight<Schema>((otherwise, { tag, deleted, schema }) => {
    const required = deleted ? ['object', 'deleted'] : ['object'];
    return { if: { properties: { object: { const: tag } }, required }, then: schema, else: otherwise };
  }, unknown);
}

function anyOf(alternatives: Schema[]): Schema {
  const different = dedupe(alternatives);
  return different.length === 1 && different[0] !== undefined ? different[0] : { anyOf: different };
}

function dedupe<T>(schemas: T[]): T[] {
  return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
}
