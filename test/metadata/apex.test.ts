import { join } from 'node:path';
import { getField, parseQuery, type Query } from '@jetstreamapp/soql-parser-js';
import { apexClasses } from '../../sandbox/salesforce/apex/index.ts';
import { customFields, filesOf, hasField, metadataDir, readText } from './sources.ts';

interface AuraMethod {
  name: string;
  parameters: string[];
  cacheable: boolean;
}

const classes = filesOf(join(metadataDir, 'classes'), '.cls').map((file) => ({
  name: file.split('/').pop()!.replace('.cls', ''),
  source: readText(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
}));
const production = classes.filter(({ name }) => !/Test$|^Test/.test(name));

function auraMethods(source: string): AuraMethod[] {
  const pattern = /@AuraEnabled(?:\(([^)]*)\))?\s+public static [\w.<>, ]+? (\w+)\(([^)]*)\)/g;
  return [...source.matchAll(pattern)].map(([, options, name, parameters]) => ({
    name: name!,
    // A generic type may hold commas, as in Map<String, Id>; a name follows the last blank.
    parameters: parameters!
      .split(/,(?![^<]*>)/)
      .map((parameter) => parameter.trim().split(/\s+/).pop()!)
      .filter(Boolean),
    cacheable: /cacheable\s*=\s*true/i.test(options ?? ''),
  }));
}

/** The names that a twin takes out of its parameters, as its source destructures them. */
function twinParameters(run: (...args: never[]) => unknown): string[] {
  const names = /^\(\{([^}]*)\}/.exec(run.toString())?.[1] ?? '';
  return names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

describe('twins of the Apex classes', () => {
  const controllers = production
    .map(({ name, source }) => ({ name, methods: auraMethods(source) }))
    .filter(({ methods }) => methods.length > 0);

  it('exist for every class with @AuraEnabled methods and for no other', () => {
    expect(Object.keys(apexClasses).sort()).toEqual(controllers.map(({ name }) => name).sort());
  });

  it.each(controllers)('$name has the same methods, parameters and cacheable flags', ({ name, methods }) => {
    const twins = Object.entries(apexClasses[name]!).map(([method, { cacheable, run }]) => ({
      name: method,
      parameters: twinParameters(run),
      cacheable,
    }));
    const byName = (left: AuraMethod, right: AuraMethod) => left.name.localeCompare(right.name);
    expect(twins.sort(byName)).toEqual([...methods].sort(byName));
  });
});

describe('Apex classes', () => {
  it.each(production)(
    '$name respects sharing, and the rights of the user in every query and every DML',
    ({ source }) => {
      expect(source).toMatch(/public with sharing class/);
      for (const [query] of source.matchAll(/\[\s*SELECT[\s\S]*?\]/g))
        expect(query).toMatch(/WITH USER_MODE/);
      for (const [statement] of source.matchAll(/^\s*(insert|update|upsert|delete) .*;/gm)) {
        expect(statement).toMatch(/ as user /);
      }
      expect(source).not.toMatch(/SECURITY_ENFORCED|without sharing|Test\.isRunningTest/);
    },
  );

  it.each(production.filter(({ source }) => auraMethods(source).length > 0))(
    '$name turns every error into words',
    ({ source }) => {
      const handlers = source.match(
        /catch \(Exception cause\) \{\s+throw UserFacingError\.fromException\(cause\);/g,
      );
      expect(handlers).toHaveLength(auraMethods(source).length);
    },
  );

  const queries = production.flatMap(({ name, source }) =>
    [...source.matchAll(/\[\s*(SELECT[\s\S]*?)\]/g)].map(([, text], index) => ({
      query: `${name} ${index + 1}`,
      text: text!.replace(/\s+/g, ' ').trim(),
    })),
  );

  it.each(queries)('query $query selects fields that exist', ({ text }) => {
    // Bind variables are Apex, not SOQL for this parser's plain mode.
    const query = parseQuery(text, { allowApexBindVariables: true });
    const object = query.sObject!;
    for (const field of fieldsOf(query)) {
      expect({ field, exists: exists(object, field) }).toEqual({ field, exists: true });
    }
  });
});

function fieldsOf(query: Query): string[] {
  return query.fields!.map((field) => {
    const {
      rawValue,
      field: name,
      relationships,
    } = getField(field as never) as never as {
      rawValue?: string;
      field: string;
      relationships?: string[];
    };
    return rawValue ?? [...(relationships ?? []), name].join('.');
  });
}

/** Follows relationships: Product__r.Name is the field Name of what Product__c refers to. */
function exists(object: string, path: string): boolean {
  const [first, ...rest] = path.split('.') as [string, ...string[]];
  if (rest.length === 0) return hasField(object, first);
  const lookup = customFields.find(
    (field) => field.object === object && field.name === first.replace(/__r$/, '__c'),
  );
  return lookup?.referenceTo ? exists(lookup.referenceTo, rest.join('.')) : false;
}
