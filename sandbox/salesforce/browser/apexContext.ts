import type { Actor, Org } from '../org.ts';
import { orgErrorsOf } from '../orgError.ts';
import type { OrgError } from '../orgError.ts';
import type { Transaction } from '../../store/documentStore.ts';
import { toId18 } from '../recordId.ts';
import { deleteRecord } from '../records/deleteRecord.ts';
import { insertRecord } from '../records/insertRecord.ts';
import { readInput } from '../records/recordInput.ts';
import { updateRecord } from '../records/updateRecord.ts';
import { defaultCurrencyOf } from '../schema/currencies.ts';
import { runSoql } from '../soql/query.ts';
import type { ApexContext, ApexRecord } from '../apex/context.ts';
import { ApexException, dmlException } from './apexExceptions.ts';
import { sendCallout } from './callout.ts';
import type { NamedCredential } from './callout.ts';

export type ApexCall = {
  org: Org;
  actor: Actor;
  userName: string;
  cacheable: boolean;
  namedCredential: NamedCredential;
};

/** The org as one Apex call sees it, and how the call's transaction ends. */
export function openApexContext(call: ApexCall): { context: ApexContext; transaction: Transaction } {
  const { org, actor, cacheable, namedCredential } = call;
  let open: Transaction | undefined;
  const change = <R>(operation: string, work: () => R): R => {
    if (cacheable)
      throw new ApexException(
        'System.LimitException',
        `Too many DML statements: 1 (${operation} in a cacheable method)`,
      );
    open ??= org.begin();
    return work();
  };
  const context: ApexContext = {
    userId: actor.userId,
    userName: call.userName,
    orgId: org.id,
    defaultCurrency: defaultCurrencyOf(org, actor.userId) ?? 'USD',
    isMultiCurrency: org.schema.object('CurrencyType') !== undefined,
    query: (text) => query(call, text),
    insert: (objectName, records) =>
      change('Insert', () =>
        dml(
          org,
          { operation: 'Insert', rows: records },
          (record) => insertRecord(org, actor, input(call, objectName, record)).id,
        ),
      ),
    update: (objectName, records) =>
      change('Update', () => {
        dml(org, { operation: 'Update', rows: records }, ({ Id, ...record }) => {
          return updateRecord(org, actor, {
            id: toId18(String(Id)) ?? '',
            input: input(call, objectName, record),
          });
        });
      }),
    delete: (_objectName, ids) =>
      change('Delete', () => {
        dml(org, { operation: 'Delete', rows: ids }, (id) => deleteRecord(org, actor, toId18(id) ?? ''));
      }),
    hasCustomPermission: (name) => actor.access.hasCustomPermission(name),
    callout: (request) => {
      if (open) {
        const message = 'You have uncommitted work pending. Please commit or rollback before calling out';
        throw new ApexException('System.CalloutException', message);
      }
      return sendCallout(namedCredential, request, { orgId: org.id, userId: actor.userId });
    },
  };
  const transaction = { commit: () => open?.commit(), rollback: () => open?.rollback() };
  return { context, transaction };
}

function query({ org, actor }: ApexCall, text: string): ApexRecord[] {
  try {
    const result = runSoql({ org, access: actor.access, text, version: 'v67.0', includeDeleted: false });
    return Array.from(
      { length: result.length },
      (_none, i) => withoutResultEnvelopes(result.record(i)) as ApexRecord,
    );
  } catch (error) {
    const [first] = orgErrorsOf(error) ?? [];
    if (!first) throw error;
    throw new ApexException('System.QueryException', first.message.trim(), {
      code: first.errorCode,
      cause: error,
    });
  }
}

/** In Apex a nested SELECT is a list, and its absence an empty one; REST wraps it into a query result. */
function withoutResultEnvelopes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('records' in value && 'totalSize' in value)
    return (value.records as unknown[]).map(withoutResultEnvelopes);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutResultEnvelopes(inner)]),
  );
}

function input(
  { org, actor }: ApexCall,
  objectName: string,
  { attributes: _attributes, ...raw }: ApexRecord,
) {
  const object = org.schema.object(objectName);
  if (!object || !actor.access.object(object).read) {
    throw new ApexException('System.NoAccessException', `Access to entity '${objectName}' denied`);
  }
  return readInput(org, actor.access, { object, raw });
}

/** A DML statement is all or none: the first refused row undoes the statement. */
function dml<Row, R>(
  org: Org,
  { operation, rows }: { operation: string; rows: Row[] },
  run: (row: Row) => R,
): R[] {
  let index = 0;
  try {
    return org.transaction(() =>
      rows.map((row, i) => {
        index = i;
        return run(row);
      }),
    );
  } catch (error) {
    const errors: readonly OrgError[] | undefined = orgErrorsOf(error);
    if (!errors?.[0]) throw error;
    throw dmlException(operation, { index, error: errors[0] });
  }
}
