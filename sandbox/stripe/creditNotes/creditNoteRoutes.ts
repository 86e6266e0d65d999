import type { Call } from '../api/call.ts';
import { changedMetadata, inRange, metadata, pageRules, timeRange } from '../api/commonRules.ts';
import { resourceMissing } from '../api/errors.ts';
import { newestFirst, page } from '../api/pagination.ts';
import type { Values } from '../api/parameters.ts';
import { route } from '../api/route.ts';
import { text } from '../api/rules.ts';
import { emitChange } from '../webhooks/events.ts';
import type { StoredCreditNote } from '../wire.ts';
import { createCreditNote } from './createCreditNote.ts';
import { showCreditNote } from './creditNoteObject.ts';
import { creditNoteRules, unsupportedInCreditNotes as unsupported } from './creditNoteRules.ts';
import { previewCreditNote } from './previewCreditNote.ts';
import { voidCreditNote } from './voidCreditNote.ts';

const updateRules = { memo: text({ max: 5000 }), metadata };

export const creditNoteRoutes = [
  route('POST', '/v1/credit_notes', {
    parameters: creditNoteRules,
    unsupported,
    run: (call, values) => showCreditNote(call.sandbox, createCreditNote(call, values)),
  }),
  route('GET', '/v1/credit_notes/preview', {
    parameters: creditNoteRules,
    unsupported,
    run: (call, values) => showCreditNote(call.sandbox, previewCreditNote(call, values)),
  }),
  route('GET', '/v1/credit_notes/preview/lines', {
    parameters: { ...creditNoteRules, ...pageRules },
    unsupported,
    run: (call, values) =>
      pageOfLines(previewCreditNote(call, values), values, '/v1/credit_notes/preview/lines'),
  }),
  route('GET', '/v1/credit_notes', {
    parameters: { ...pageRules, created: timeRange, customer: text(), invoice: text() },
    unsupported: ['customer_account'],
    run({ sandbox }, values) {
      const { customer, invoice } = values;
      const all =
        invoice !== undefined
          ? sandbox.by.creditNoteOfInvoice.all(invoice)
          : customer !== undefined
            ? sandbox.by.creditNoteOfCustomer.all(customer)
            : sandbox.creditNotes.values();
      const wanted = newestFirst(all).filter(
        (one) => inRange(one.created, values.created) && (customer ?? one.customer) === one.customer,
      );
      return page(wanted, values, {
        url: '/v1/credit_notes',
        kind: 'credit_note',
        show: (one) => showCreditNote(sandbox, one),
      });
    },
  }),
  route('GET', '/v1/credit_notes/:note', {
    parameters: {},
    run: (call) => showCreditNote(call.sandbox, noteInPath(call)),
  }),
  route('POST', '/v1/credit_notes/:note', { parameters: updateRules, run: updateCreditNote }),
  route('GET', '/v1/credit_notes/:note/lines', {
    parameters: pageRules,
    run(call, values) {
      const note = noteInPath(call);
      return pageOfLines(note, values, `/v1/credit_notes/${note.id}/lines`);
    },
  }),
  route('POST', '/v1/credit_notes/:note/void', {
    parameters: {},
    run: (call) => showCreditNote(call.sandbox, voidCreditNote(call, noteInPath(call))),
  }),
];

function pageOfLines(note: StoredCreditNote, values: Values<typeof pageRules>, url: string): object {
  return page(note.lines, values, { url, kind: 'credit note line item', show: (line) => line });
}

function updateCreditNote(call: Call, values: Values<typeof updateRules>): object {
  const { sandbox } = call;
  const note = noteInPath(call);
  const before = showCreditNote(sandbox, note);
  const after = {
    ...note,
    memo: values.memo ?? note.memo,
    metadata: changedMetadata(note.metadata, values.metadata),
  };
  const shown = showCreditNote(sandbox, after);
  if (JSON.stringify(before) === JSON.stringify(shown)) return before;
  sandbox.creditNotes.put(after);
  emitChange(call, 'credit_note.updated', { before, after: shown });
  return shown;
}

function noteInPath(call: Call): StoredCreditNote {
  const id = call.path['note'] ?? '';
  const note = call.sandbox.creditNotes.get(id);
  if (!note) throw resourceMissing('credit note', id, 'id');
  return note;
}
