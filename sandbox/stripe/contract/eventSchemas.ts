import ts from 'typescript';
import type { Schema } from './contractDocument.ts';
import type { TypeSchemas } from './typeSchemas.ts';

/** The envelope of an event; what `data` holds depends on the type and is in `eventData`. */
export function eventSchema(schemas: TypeSchemas, source: ts.SourceFile): Schema {
  const base = interfacesOf(source).find(({ name }) => name.text === 'EventBase');
  if (!base) throw new Error('The stripe package declares no EventBase');
  const schema = schemas.objectSchema(schemas.checker.getTypeAtLocation(base), 'response');
  const properties = { ...(schema.properties as Record<string, Schema>), data: { type: 'object' } };
  return { ...schema, properties };
}

/** `data` of each event, by the type of the event, such as `invoice.paid`. */
export function eventDataSchemas(schemas: TypeSchemas, source: ts.SourceFile): Record<string, Schema> {
  const { checker } = schemas;
  const entries = interfacesOf(source).flatMap((declaration): [string, Schema][] => {
    const type = checker.getTypeAtLocation(declaration);
    const [name, data] = ['type', 'data'].map((field) => {
      const symbol = type.getProperty(field);
      return symbol && checker.getTypeOfSymbol(symbol);
    });
    return name?.isStringLiteral() && data ? [[name.value, schemas.schemaOf(data, 'response')]] : [];
  });
  return Object.fromEntries(entries);
}

function interfacesOf(source: ts.SourceFile): ts.InterfaceDeclaration[] {
  return source.statements.filter(ts.isInterfaceDeclaration);
}
