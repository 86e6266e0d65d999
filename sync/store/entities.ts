import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import type { SyncEntity } from '../domain/entity.ts';
import type { InvoiceAction } from '../domain/invoiceActions.ts';
import type { OpenConflict } from '../domain/openConflict.ts';
import type { Overwriting, ToldValues } from '../domain/overwritten.ts';

// PostgreSQL's bigint arrives as a string; ids stay strings, counters are small enough for a number.
const id: EntitySchemaColumnOptions = { type: 'bigint', primary: true, generated: 'increment' };
const time: EntitySchemaColumnOptions = { type: 'timestamptz' };
const maybeTime: EntitySchemaColumnOptions = { type: 'timestamptz', nullable: true };
const text: EntitySchemaColumnOptions = { type: 'text' };
const maybeText: EntitySchemaColumnOptions = { type: 'text', nullable: true };

export interface InboxEvent {
  id: string;
  source: 'stripe' | 'salesforce';
  event_id: string;
  type: string;
  entity: SyncEntity | null;
  object_id: string | null;
  /** The records that it names beside `object_id`; null for nearly all, which name one. */
  other_object_ids: string[] | null;
  occurred_at: Date;
  received_at: Date;
  replay_id: Buffer | null;
  /** A note of what is worth keeping, without anybody's data: docs/decisions/0003. */
  payload: unknown;
}

export const InboxEventSchema = new EntitySchema<InboxEvent>({
  name: 'inbox_event',
  columns: {
    id,
    source: text,
    event_id: text,
    type: text,
    entity: maybeText,
    object_id: maybeText,
    other_object_ids: { type: 'text', array: true, nullable: true },
    occurred_at: time,
    received_at: { ...time, default: () => 'now()' },
    replay_id: { type: 'bytea', nullable: true },
    payload: { type: 'jsonb' },
  },
});

/**
 * Writes to Stripe that must happen once, noted before the first try: a retry after a lost answer or a killed
 * process sends the same parameters under the same idempotency key.
 */
export interface Intents {
  // `at` is when it was noted, ISO 8601; rows of earlier versions have none.
  create?: { key: string; params: unknown; at?: string };
  send?: { key: string; at?: string };
  /** A Stripe price that another one has taken the place of and that is not archived yet. */
  retire?: { priceId: string };
  /** What both sides said when they became a pair, until that is settled: see `sync/domain/past.ts`. */
  first?: unknown;
  /** Fields of a pair that are being written to Stripe, with what the org said of them. */
  writing?: Record<string, unknown>;
}

/** A known pair: one thing that lives in Stripe, in the CRM, or in both. */
export interface SyncRecord {
  id: string;
  entity: SyncEntity;
  stripe_id: string | null;
  crm_id: string | null;
  state: 'clean' | 'dirty' | 'parked';
  stripe_dirty: boolean;
  crm_dirty: boolean;
  dirty_seq: string;
  version: string;
  attempts: number;
  next_attempt_at: Date;
  lease_owner: string | null;
  lease_until: Date | null;
  base: unknown;
  crm_snapshot: unknown;
  crm_unsure: boolean;
  /** See `sync/domain/overwritten.ts`. */
  crm_writes: Overwriting[] | null;
  crm_told: ToldValues | null;
  intents: Intents;
  open_conflicts: OpenConflict[] | null;
  sent_at: Date | null;
  error_code: string | null;
  error_message: string | null;
  error_stage: string | null;
  last_synced_at: Date | null;
  /** Since when the record is deleted on that side; kept so that no late event makes it again. */
  crm_gone_at: Date | null;
  stripe_gone_at: Date | null;
  /** The Account that this one was merged into, where that one has a customer of its own. */
  merged_into: string | null;
  /** See `sync/store/followUps.ts`. */
  follow_up: string | null;
  follow_up_at: Date | null;
  created_at: Date;
}

export const SyncRecordSchema = new EntitySchema<SyncRecord>({
  name: 'sync_record',
  columns: {
    id,
    entity: text,
    stripe_id: maybeText,
    crm_id: maybeText,
    state: { ...text, default: 'dirty' },
    stripe_dirty: { type: 'boolean', default: false },
    crm_dirty: { type: 'boolean', default: false },
    dirty_seq: { type: 'bigint', default: 1 },
    version: { type: 'bigint', default: 1 },
    attempts: { type: 'int', default: 0 },
    next_attempt_at: { ...time, default: () => 'now()' },
    lease_owner: maybeText,
    lease_until: maybeTime,
    base: { type: 'jsonb', nullable: true },
    crm_snapshot: { type: 'jsonb', nullable: true },
    crm_unsure: { type: 'boolean', default: false },
    crm_writes: { type: 'jsonb', nullable: true },
    crm_told: { type: 'jsonb', nullable: true },
    intents: { type: 'jsonb', default: {} },
    open_conflicts: { type: 'jsonb', nullable: true },
    sent_at: maybeTime,
    error_code: maybeText,
    error_message: maybeText,
    error_stage: maybeText,
    last_synced_at: maybeTime,
    crm_gone_at: maybeTime,
    stripe_gone_at: maybeTime,
    merged_into: maybeText,
    follow_up: maybeText,
    follow_up_at: maybeTime,
    created_at: { ...time, default: () => 'now()' },
  },
});

/** What a person decides about a conflict; its id is the parameter `conflict`. */
export type ConflictDecision = 'use-other' | 'dismiss';

export type InvoiceCommandKind = 'raise' | 'sync' | InvoiceAction;

export type CommandKind = InvoiceCommandKind | ConflictDecision | 'statement';

/** A button somebody pressed, with how far it has come: a retry continues, it does not repeat. */
export interface Command {
  id: string;
  org_id: string;
  kind: CommandKind;
  /** What the record is; `list` for a sync of several, of whatever kind. */
  entity: SyncEntity | 'list';
  crm_id: string;
  /** The records of a list, by the org's ids or Stripe's; `crm_id` is the first. */
  ids: string[] | null;
  /** What its kind takes beside the record; see `sync/actions/actionParams.ts`. */
  params: Record<string, unknown>;
  idempotency_key: string;
  acting_user: string | null;
  status: 'running' | 'done' | 'failed';
  stage: string;
  state: Record<string, unknown>;
  attempts: number;
  next_attempt_at: Date;
  lease_owner: string | null;
  lease_until: Date | null;
  result: unknown;
  error: unknown;
  created_at: Date;
  finished_at: Date | null;
}

export const CommandSchema = new EntitySchema<Command>({
  name: 'command',
  columns: {
    id: { type: 'uuid', primary: true, generated: 'uuid' },
    org_id: text,
    kind: text,
    entity: { ...text, default: 'invoice' },
    crm_id: text,
    ids: { type: 'text', array: true, nullable: true },
    params: { type: 'jsonb', default: {} },
    idempotency_key: text,
    acting_user: maybeText,
    status: { ...text, default: 'running' },
    stage: { ...text, default: 'accepted' },
    state: { type: 'jsonb', default: {} },
    attempts: { type: 'int', default: 0 },
    next_attempt_at: { ...time, default: () => 'now()' },
    lease_owner: maybeText,
    lease_until: maybeTime,
    result: { type: 'jsonb', nullable: true },
    error: { type: 'jsonb', nullable: true },
    created_at: { ...time, default: () => 'now()' },
    finished_at: maybeTime,
  },
});

/** Both sides changed the same field; `winner` says which value stayed. */
export interface Conflict {
  id: string;
  record_id: string;
  field: string;
  stripe_value: unknown;
  crm_value: unknown;
  winner: 'stripe' | 'salesforce';
  at: Date;
}

export const ConflictSchema = new EntitySchema<Conflict>({
  name: 'conflict',
  columns: {
    id,
    record_id: { type: 'bigint' },
    field: text,
    stripe_value: { type: 'jsonb', nullable: true },
    crm_value: { type: 'jsonb', nullable: true },
    winner: text,
    at: { ...time, default: () => 'now()' },
  },
});

/** What the engine wrote, where and when: the answer to "who changed this record". */
export interface Change {
  id: string;
  record_id: string;
  side: 'stripe' | 'salesforce';
  object: string;
  object_id: string | null;
  field: string;
  from_value: unknown;
  to_value: unknown;
  command_id: string | null;
  at: Date;
}

export const ChangeSchema = new EntitySchema<Change>({
  name: 'change',
  columns: {
    id,
    record_id: { type: 'bigint' },
    side: text,
    object: text,
    object_id: maybeText,
    field: text,
    from_value: { type: 'jsonb', nullable: true },
    to_value: { type: 'jsonb', nullable: true },
    command_id: { type: 'uuid', nullable: true },
    at: { ...time, default: () => 'now()' },
  },
});

/** How far a reader of a remote log has come: Stripe's events, the org's change stream, a sweep. */
export interface Cursor {
  name: string;
  position: string | null;
  replay_id: Buffer | null;
  moved_at: Date;
}

export const CursorSchema = new EntitySchema<Cursor>({
  name: 'cursor',
  columns: {
    name: { type: 'text', primary: true },
    position: maybeText,
    replay_id: { type: 'bytea', nullable: true },
    moved_at: { ...time, default: () => 'now()' },
  },
});

/** A bearer token of the org, as its SHA-256; several may be valid at once, for rotation. */
export interface ApiToken {
  token_hash: Buffer;
  org_id: string;
  label: string;
  created_at: Date;
  expires_at: Date | null;
}

export const ApiTokenSchema = new EntitySchema<ApiToken>({
  name: 'api_token',
  columns: {
    token_hash: { type: 'bytea', primary: true },
    org_id: text,
    label: text,
    created_at: { ...time, default: () => 'now()' },
    expires_at: maybeTime,
  },
});

export const entities = [
  InboxEventSchema,
  SyncRecordSchema,
  CommandSchema,
  ConflictSchema,
  ChangeSchema,
  CursorSchema,
  ApiTokenSchema,
];
