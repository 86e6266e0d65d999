import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import type { ContractDocument, Schema } from './contractDocument.ts';
import { errorSchema } from './errorSchema.ts';
import { eventDataSchemas, eventSchema } from './eventSchemas.ts';
import { operationOf } from './operationSchemas.ts';
import { readOperations } from './readOperations.ts';
import { servedResources, wholeResources } from './resources.ts';
import { TypeSchemas } from './typeSchemas.ts';

/**
 * Derives the contract from the installed `stripe` package: method and path of each call from its compiled
 * JavaScript, parameters and answers from its declarations. No download, no OpenAPI file.
 */
export function generateContract(stripeFolder: string): ContractDocument {
  const resources = path.join(stripeFolder, 'esm/resources');
  const program = ts.createProgram(declarationFiles(stripeFolder, resources), {
    strict: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    skipLibCheck: true,
    types: [],
  });
  const schemas = new TypeSchemas(program.getTypeChecker(), resources);
  const declarations = (name: string) => sourceFile(program, path.join(resources, `${name}.d.ts`));

  const operations = servedResources.flatMap((name) =>
    readOperations(path.join(resources, `${name}.js`)).map((call) =>
      operationOf(schemas, declarations(name), call),
    ),
  );
  const objects = Object.fromEntries(
    [...wholeResources].flatMap((name) => objectsIn(schemas, declarations(name))),
  );
  const event = eventSchema(schemas, declarations('Events'));
  const eventData = eventDataSchemas(schemas, declarations('Events'));
  const error = errorSchema(schemas, sourceFile(program, path.join(stripeFolder, 'esm/Types.d.ts')));
  return {
    ...versionsOf(stripeFolder),
    operations: operations.sort((a, b) => placeholders(a.path) - placeholders(b.path)),
    event,
    eventData,
    error,
    objects,
    $defs: { ...schemas.$defs, event },
  };
}

function declarationFiles(stripeFolder: string, resources: string): string[] {
  const names = new Set([...servedResources, ...wholeResources]);
  return [
    path.join(stripeFolder, 'esm/Types.d.ts'),
    ...[...names].map((name) => path.join(resources, `${name}.d.ts`)),
  ];
}

function sourceFile(program: ts.Program, file: string): ts.SourceFile {
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`The stripe package has no ${file}; is another version installed?`);
  return source;
}

/** The living (not deleted) objects that a file declares, by what their `object` says. */
function objectsIn(schemas: TypeSchemas, source: ts.SourceFile): [string, Schema][] {
  return source.statements.filter(ts.isInterfaceDeclaration).flatMap((declaration): [string, Schema][] => {
    if (declaration.name.text.startsWith('Deleted') || declaration.typeParameters) return [];
    const type = schemas.checker.getTypeAtLocation(declaration);
    const tag = schemas.tagOf(type);
    return tag && tag !== 'event' ? [[tag, schemas.schemaOf(type, 'response')]] : [];
  });
}

function placeholders(template: string): number {
  return template.split('{').length - 1;
}

function versionsOf(stripeFolder: string): Pick<ContractDocument, 'stripeVersion' | 'apiVersion'> {
  const manifest = JSON.parse(readFileSync(path.join(stripeFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const source = readFileSync(path.join(stripeFolder, 'esm/apiVersion.js'), 'utf8');
  const apiVersion = /ApiVersion = '([^']+)'/.exec(source)?.[1];
  if (!apiVersion) throw new Error('The stripe package names no API version');
  return { stripeVersion: manifest.version, apiVersion };
}
