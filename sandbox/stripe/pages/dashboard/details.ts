import { html, type Html } from '../html.ts';

type Value = Html | string | number | null | undefined | false;

/** Names and values side by side; what has no value is left out. */
export function facts(entries: [string, Value][]): Html {
  return html`<dl class="facts">
    ${entries
      .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '')
      .map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;
}

export function section(title: string, content: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`;
}

export function metadataTable(metadata: Record<string, string> | null): Html {
  const entries = Object.entries(metadata ?? {});
  if (entries.length === 0) return html`<p class="empty">No metadata</p>`;
  return html`<dl class="facts metadata">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd><code>${value}</code></dd>
        </div>`,
    )}
  </dl>`;
}

/** The object as the API answers it. */
export function jsonBlock(value: unknown): Html {
  return html`<pre class="json" tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>`;
}

export function notFound(what: string, id: string): Html {
  return html`<h1>No such ${what}</h1>
    <p>There is no ${what} <code>${id}</code> in this sandbox. It may have been deleted.</p>`;
}
