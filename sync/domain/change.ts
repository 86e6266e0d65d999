export type Side = 'stripe' | 'salesforce';

/** One field that the engine wrote on one side. `from` is absent for a record that was made. */
export interface FieldChange {
  side: Side;
  object: string;
  objectId: string | null;
  field: string;
  from: unknown;
  to: unknown;
}

/** Both sides had changed the same field since the last sync; the winner's value stayed. */
export interface FieldConflict {
  field: string;
  stripe: unknown;
  crm: unknown;
  winner: Side;
}
