import type { FieldChange, FieldConflict } from '../domain/change.ts';
import { fieldLabel } from '../domain/fieldLabel.ts';
import { refused } from './stepContext.ts';

/** One field that a sync wrote, as an answer tells it. */
export interface ToldChange {
  side: string;
  object: string;
  field: string;
  label: string;
  from: unknown;
  to: unknown;
}

/** One field that both sides had changed, with the value of each. */
export interface ToldConflict {
  field: string;
  label: string;
  stripe: unknown;
  salesforce: unknown;
  winner: string;
}

export const toldChange = ({ side, object, field, from, to }: FieldChange): ToldChange => ({
  side,
  object,
  field,
  label: fieldLabel(field),
  from: from ?? null,
  to: to ?? null,
});

export const toldConflict = ({ field, stripe, crm, winner }: FieldConflict): ToldConflict => ({
  field,
  label: fieldLabel(field),
  stripe: stripe ?? null,
  salesforce: crm ?? null,
  winner,
});

/** The answer where there is nothing left to sync; the message says what was followed. */
export const toldDeleted = (message: string) => refused('deleted', message);
