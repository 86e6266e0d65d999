import { html, type Html } from '../html.ts';

export interface Column<Row> {
  title: string;
  cell(row: Row): Html | string | null;
  /** Aligned to the right, with digits of one width. */
  number?: boolean;
}

export interface Table<Row> {
  columns: Column<Row>[];
  rows: Row[];
  /** Said instead of an empty table. */
  empty: string;
  /** Makes the whole row lead to the address, for the mouse; the first cell holds the link for everybody. */
  href?(row: Row): string;
}

export function table<Row>({ columns, rows, empty, href }: Table<Row>): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${columns.map(({ title, number }) => html`<th scope="col" class="${number && 'number'}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column, index) => cellOf(column, row, index === 0 ? href?.(row) : undefined))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cellOf<Row>({ cell, number }: Column<Row>, row: Row, href: string | undefined): Html {
  const content = cell(row);
  return html`<td class="${number && 'number'}">
    ${href ? html`<a class="row" href="${href}">${content}</a>` : content}
  </td>`;
}

const pageSize = 50;

export interface Slice<Row> {
  rows: Row[];
  pager: Html;
}

/** One page of a long list, with links to the pages around it. `query` holds the filters to keep. */
export function sliceOf<Row>(all: Row[], page: unknown, query: Record<string, string> = {}): Slice<Row> {
  const last = Math.max(1, Math.ceil(all.length / pageSize));
  const current = Math.min(last, Math.max(1, Number.parseInt(String(page), 10) || 1));
  const start = (current - 1) * pageSize;
  const rows = all.slice(start, start + pageSize);
  const link = (to: number, text: string) =>
    to >= 1 && to <= last
      ? html`<a class="button" href="?${new URLSearchParams({ ...query, page: String(to) }).toString()}"
          >${text}</a
        >`
      : null;
  const shown = all.length === 0 ? '0' : `${start + 1}–${start + rows.length} of ${all.length}`;
  return {
    rows,
    pager: html`<footer class="pager">
      <span>${shown}</span>${link(current - 1, 'Previous')}${link(current + 1, 'Next')}
    </footer>`,
  };
}
