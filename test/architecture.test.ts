import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '..');

function files(...patterns: string[]): string[] {
  return globSync(patterns, {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  }).sort();
}

const sources = files('{server,sync,sandbox}/**/*.ts');
const text = (file: string) => readFileSync(join(root, file), 'utf8');

/** Project files by their path from the root, everything else by its name; also `import()` and `import type`. */
function importsOf(file: string, { types }: { types: boolean }): string[] {
  const found: string[] = [];
  const add = (specifier: ts.Node) => {
    if (!ts.isStringLiteral(specifier)) return;
    const relativePath = specifier.text.startsWith('.');
    found.push(relativePath ? relative(root, resolve(root, dirname(file), specifier.text)) : specifier.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && (types || !node.importClause?.isTypeOnly)) add(node.moduleSpecifier);
    if (ts.isExportDeclaration(node) && node.moduleSpecifier && (types || !node.isTypeOnly))
      add(node.moduleSpecifier);
    if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword &&
      node.arguments[0]
    ) {
      add(node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, text(file), ts.ScriptTarget.Latest, true);
}

/** Expressions such as `Date.now()`, `new Date()` and `process.env`, without comments and strings. */
function expressionsOf(file: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) found.add(`${node.expression.getText()}.${node.name.text}`);
    if (ts.isNewExpression(node))
      found.add(`new ${node.expression.getText()}(${node.arguments?.length ?? 0})`);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) found.add(`${node.expression.text}()`);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

function offenders(candidates: string[], isOffender: (file: string) => string[]): string[] {
  return candidates.flatMap((file) => isOffender(file).map((reason) => `${file}: ${reason}`));
}

const isLocal = (file: string) => /^server\/(local\/|local\.ts|embeddedPostgres\.ts)/.test(file);
const inDomain = (file: string) => file.startsWith('sync/domain/');

test('there are sources to judge', () => {
  for (const folder of ['server/', 'sync/domain/', 'sandbox/']) {
    expect(sources.filter((file) => file.startsWith(folder)).length).toBeGreaterThan(3);
  }
});

test('every import of a project file finds it', () => {
  const missing = (file: string) =>
    importsOf(file, { types: true }).filter(
      (name) => /^(server|sync|sandbox|test)\//.test(name) && !existsSync(join(root, name)),
    );
  expect(offenders(sources, missing)).toEqual([]);
});

test('the domain imports only the domain', () => {
  const outside = (file: string) => importsOf(file, { types: true }).filter((name) => !inDomain(name));
  expect(offenders(sources.filter(inDomain), outside)).toEqual([]);
});

test('the domain knows no clock, no chance and no environment', () => {
  const impure = [
    'Date.now',
    'new Date(0)',
    'Date()',
    'Math.random',
    'performance.now',
    'process.env',
    'fetch()',
    'setTimeout()',
  ];
  const used = (file: string) => [...expressionsOf(file)].filter((expression) => impure.includes(expression));
  expect(offenders(sources.filter(inDomain), used)).toEqual([]);
});

test('no module imports itself through others', () => {
  const graph = new Map(sources.map((file) => [file, importsOf(file, { types: false })]));
  expect(cycles(graph)).toEqual([]);
});

test('settings enter only where they are checked', () => {
  const allowed = (file: string) =>
    file === 'server/config.ts' || file.startsWith('server/local/') || file === 'sandbox/main.ts';
  const reads = (file: string) =>
    [...expressionsOf(file)].filter((expression) => expression === 'process.env');
  expect(
    offenders(
      sources.filter((file) => !allowed(file)),
      reads,
    ),
  ).toEqual([]);
});

test('the product does not import the sandbox; only what starts it does', () => {
  const product = sources.filter((file) => /^(server|sync)\//.test(file) && !isLocal(file));
  const imports = (file: string) =>
    importsOf(file, { types: true }).filter((name) => name.startsWith('sandbox/'));
  expect(offenders(product, imports)).toEqual([]);
});

test('the product has no branch for the sandbox', () => {
  const product = sources.filter((file) => /^(server|sync)\//.test(file) && !isLocal(file));
  // IsSandbox is a field of the platform's Organization: whether an org is a copy for tests.
  const mentions = (file: string) =>
    /sandbox/i.test(text(file).replaceAll(/\bIsSandbox\b/g, '')) ? ['says "sandbox"'] : [];
  expect(offenders(product, mentions)).toEqual([]);
});

test('no file is longer than 300 lines', () => {
  const all = [...sources, ...files('{lwc,sandbox}/**/*.{js,html,css}', 'salesforce-metadata/**/*.cls')];
  const long = (file: string) => {
    const lines = text(file).split('\n').length - 1;
    return lines > 300 ? [`${lines} lines`] : [];
  };
  expect(offenders(all, long)).toEqual([]);
});

/** Each cycle once, as the path that closes it. */
function cycles(graph: Map<string, string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) if (graph.has(next)) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
