import type { Sandbox } from '../sandbox.ts';
import type { CreditNoteLine, List, StoredCreditNote } from '../wire.ts';

export type ShownCreditNote = Omit<StoredCreditNote, 'lines' | 'token'> & {
  lines: List<CreditNoteLine>;
  pdf: string;
};

/** As on an invoice, the first ten lines are shown and the others paged. */
const LINES_SHOWN = 10;

export function showCreditNote(sandbox: Sandbox, stored: StoredCreditNote): ShownCreditNote {
  const { lines, token, ...fields } = stored;
  return {
    ...fields,
    lines: {
      object: 'list',
      data: lines.slice(0, LINES_SHOWN),
      has_more: lines.length > LINES_SHOWN,
      url: `/v1/credit_notes/${stored.id}/lines`,
    },
    pdf: `${sandbox.publicUrl}/credit_notes/${sandbox.account.id}/${token}/pdf`,
  };
}
