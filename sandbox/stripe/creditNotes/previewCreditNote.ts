import type { Call } from '../api/call.ts';
import type { Values } from '../api/parameters.ts';
import type { StoredCreditNote } from '../wire.ts';
import { createCreditNote } from './createCreditNote.ts';
import type { creditNoteRules } from './creditNoteRules.ts';

/** A preview is the real thing, undone: nothing that it did stays, and no event leaves. */
export function previewCreditNote(call: Call, values: Values<typeof creditNoteRules>): StoredCreditNote {
  const attempt = call.sandbox.store.begin();
  try {
    return createCreditNote(call, values);
  } finally {
    attempt.rollback();
  }
}
