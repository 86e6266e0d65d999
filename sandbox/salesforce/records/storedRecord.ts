export type FieldValue = string | number | boolean | null;

/** What is kept of a record: only fields that are stored, never formulas or compound fields; no key for null. */
export type StoredRecord = {
  /** The 18-character id. */
  id: string;
  object: string;
  deleted: boolean;
  /** The record whose deletion took this one along; restoring that one restores this one. */
  deletedWith?: string;
  values: Record<string, FieldValue>;
};
