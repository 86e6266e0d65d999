import { rollup } from 'rollup';
import { ownModules } from '../../sandbox/page/build/ownModules.ts';
import { projectPlaces } from '../../sandbox/page/build/places.ts';

/** What a browser gives the modules of the page. */
export interface BrowserGlobals {
  fetch: unknown;
  EventSource: unknown;
  location: unknown;
  history: unknown;
  Event: unknown;
}

/**
 * Loads modules of the page as a browser would, each time anew. They are neither components nor in need of a document, so
 * they run in Node with the few globals they use.
 */
// The exports are of JavaScript modules without types.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function loadPageModules(specifiers: string[], globals: BrowserGlobals): Promise<any> {
  const code = specifiers.map((specifier) => `export * from '${specifier}';`).join('\n');
  const bundle = await rollup({
    input: '\0all',
    plugins: [
      {
        name: 'all',
        resolveId: (id) => (id === '\0all' ? id : null),
        load: (id) => (id === '\0all' ? code : null),
      },
      {
        name: 'relative',
        async resolveId(id, importer) {
          if (!id.startsWith('.') || !importer) return null;
          return this.resolve(`${id}.js`, importer, { skipSelf: true });
        },
      },
      ownModules(projectPlaces),
    ],
  });
  const { output } = await bundle.generate({ format: 'cjs', exports: 'named' });
  const exports = {};
  new Function('exports', ...Object.keys(globals), output[0].code)(exports, ...Object.values(globals));
  return exports;
}

/** Stands in for the browser's event source: the test sends what the org would. */
export class SentEvents {
  static open: SentEvents[] = [];
  static readonly CLOSED = 2;
  readyState = 1;
  onmessage?: (event: { data: string }) => void;
  onerror?: () => void;
  onopen?: () => void;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    SentEvents.open.push(this);
  }

  send(data: unknown): void {
    this.onmessage?.({ data: JSON.stringify(data) });
  }

  close(): void {
    this.readyState = SentEvents.CLOSED;
  }
}
