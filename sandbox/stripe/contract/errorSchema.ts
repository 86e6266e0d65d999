import ts from 'typescript';
import type { Schema } from './contractDocument.ts';
import type { TypeSchemas } from './typeSchemas.ts';

/** Fields of `StripeRawError` that the client adds and that never go over the wire. */
const addedByClient = ['headers', 'statusCode', 'requestId', 'detail', 'exception', 'user_message'];

/** The four types of an error of API v1: https://docs.stripe.com/api/errors#errors-type. */
const errorTypes = ['api_error', 'card_error', 'idempotency_error', 'invalid_request_error'];

/** The body of every answer that is not 2xx. */
export function errorSchema(schemas: TypeSchemas, source: ts.SourceFile): Schema {
  const alias = source.statements
    .filter(ts.isTypeAliasDeclaration)
    .find(({ name }) => name.text === 'StripeRawError');
  if (!alias) throw new Error('The stripe package declares no StripeRawError');
  const { checker } = schemas;
  const properties = Object.fromEntries(
    checker
      .getPropertiesOfType(checker.getTypeAtLocation(alias))
      .filter(({ name }) => !addedByClient.includes(name))
      .map((field) => [
        field.name,
        schemas.schemaOf(checker.getNonNullableType(checker.getTypeOfSymbol(field)), 'response', field.name),
      ]),
  );
  const error = {
    type: 'object',
    properties: { ...properties, type: { enum: errorTypes } },
    required: ['type', 'message'],
    additionalProperties: false,
    if: { properties: { type: { const: 'card_error' } } },
    then: { required: ['code'] },
  };
  return { type: 'object', properties: { error }, required: ['error'], additionalProperties: false };
}
