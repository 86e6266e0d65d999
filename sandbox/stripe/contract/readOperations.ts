import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { Operation } from './contractDocument.ts';

export interface SdkCall {
  className: string;
  methodName: string;
  method: Operation['method'];
  path: string;
}

/**
 * Reads which HTTP calls a compiled resource class of stripe-node makes. The declarations do not hold method and
 * path, but each method of the class passes them to `_makeRequest` as literals. A method may have several calls:
 * `accounts.retrieve()` asks for `/v1/account` without an id.
 */
export function readOperations(compiledFile: string): SdkCall[] {
  const source = ts.createSourceFile(
    compiledFile,
    readFileSync(compiledFile, 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  return source.statements.filter(ts.isClassDeclaration).flatMap((declaration) =>
    declaration.members.filter(ts.isMethodDeclaration).flatMap((method) =>
      requestsIn(method).map((request) => ({
        className: declaration.name?.text ?? '',
        methodName: method.name.getText(),
        ...request,
      })),
    ),
  );
}

function requestsIn(method: ts.MethodDeclaration): Pick<SdkCall, 'method' | 'path'>[] {
  const found: Pick<SdkCall, 'method' | 'path'>[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isMakeRequest(node.expression)) {
      const [verb, path] = node.arguments;
      if (!verb || !path || !ts.isStringLiteralLike(verb)) {
        throw new Error(`stripe-node calls _makeRequest in an unknown way: ${node.getText().slice(0, 120)}`);
      }
      found.push({ method: verb.text as Operation['method'], path: pathTemplate(path) });
    }
    ts.forEachChild(node, visit);
  };
  visit(method);
  return found;
}

function isMakeRequest(expression: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === '_makeRequest';
}

/** Turns the template literal with its `encodeURIComponent(id)` into `/v1/invoices/{id}`. */
function pathTemplate(expression: ts.Expression): string {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (!ts.isTemplateExpression(expression)) {
    throw new Error(`stripe-node builds a path in an unknown way: ${expression.getText().slice(0, 120)}`);
  }
  const spans = expression.templateSpans.map((span) => {
    const value = ts.isCallExpression(span.expression) ? span.expression.arguments[0] : span.expression;
    return `{${value?.getText() ?? 'id'}}${span.literal.text}`;
  });
  return expression.head.text + spans.join('');
}
