import ts from 'typescript';
import type { Operation, Schema } from './contractDocument.ts';
import type { SdkCall } from './readOperations.ts';
import type { TypeSchemas } from './typeSchemas.ts';

/** What a call takes and answers, read from the declaration of the method in stripe-node. */
export function operationOf(schemas: TypeSchemas, source: ts.SourceFile, call: SdkCall): Operation {
  const declaration = classOf(source, call.className);
  const method = declaration.members.find((member) => member.name?.getText() === call.methodName);
  if (!method || !ts.isMethodDeclaration(method) || !method.type) {
    throw new Error(`${call.className}.${call.methodName} is not declared`);
  }
  return {
    id: `${call.className.replace(/Resource$/, '')}.${call.methodName}`,
    method: call.method,
    path: call.path,
    request: requestSchema(schemas, method),
    response: responseSchema(schemas, method.type),
  };
}

function requestSchema(schemas: TypeSchemas, method: ts.MethodDeclaration): Schema {
  const { checker } = schemas;
  // Accounts.retrieve has overloads; the parameter is called `params` in each of them.
  const parameter = method.parameters.find(({ name }) => name.getText() === 'params');
  const type = parameter?.type && checker.getNonNullableType(checker.getTypeFromTypeNode(parameter.type));
  if (type && !(type.flags & ts.TypeFlags.Any)) return schemas.schemaOf(type, 'request');
  const expand = { type: 'array', items: { type: 'string' } };
  return { type: 'object', properties: { expand }, additionalProperties: false };
}

/** Unwraps `Promise<Response<Invoice>>`, `ApiListPromise<Invoice>` and `ApiSearchResultPromise<Invoice>`. */
function responseSchema(schemas: TypeSchemas, node: ts.TypeNode): Schema {
  if (!ts.isTypeReferenceNode(node)) throw new Error(`Unknown answer type ${node.getText()}`);
  const name = node.typeName.getText();
  const inner = node.typeArguments?.[0];
  if (!inner) throw new Error(`Unknown answer type ${node.getText()}`);
  if (name === 'Promise' || name === 'Response') {
    const isWrapper =
      ts.isTypeReferenceNode(inner) && ['Response', 'Promise'].includes(inner.typeName.getText());
    return isWrapper
      ? responseSchema(schemas, inner)
      : schemas.schemaOf(schemas.checker.getTypeFromTypeNode(inner), 'response');
  }
  const data = {
    type: 'array',
    items: schemas.schemaOf(schemas.checker.getTypeFromTypeNode(inner), 'response'),
  };
  return name === 'ApiListPromise' ? pageSchema('list', data) : pageSchema('search_result', data);
}

function pageSchema(object: 'list' | 'search_result', data: Schema): Schema {
  const cursor = object === 'search_result' ? { next_page: { type: ['string', 'null'] } } : {};
  return {
    type: 'object',
    properties: {
      object: { const: object },
      data,
      has_more: { type: 'boolean' },
      url: { type: 'string' },
      total_count: { type: 'integer' },
      ...cursor,
    },
    required: ['object', 'data', 'has_more', 'url', ...Object.keys(cursor)],
    additionalProperties: false,
  };
}

function classOf(source: ts.SourceFile, name: string): ts.ClassDeclaration {
  const found = source.statements.filter(ts.isClassDeclaration).find((one) => one.name?.text === name);
  if (!found) throw new Error(`${source.fileName} declares no class ${name}`);
  return found;
}
