import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { loadPageModules, SentEvents } from './pageModules.ts';

/** An HTTP server that answers as the test says and keeps what it was asked. */
export class AnsweringOrg {
  requests: { method: string; url: string; body: unknown }[] = [];
  answer: (request: express.Request, response: express.Response) => unknown = (_request, response) =>
    response.status(404).end();
  #server?: Server;

  async start(): Promise<void> {
    const app = express().use(express.json());
    app.use((request, response) => {
      const { method, url, body } = request;
      this.requests.push({ method, url: decodeURIComponent(url), body });
      return this.answer(request, response);
    });
    const server = app.listen(0, '127.0.0.1');
    this.#server = server;
    await new Promise((resolve) => server.on('listening', resolve));
  }

  stop(): Promise<unknown> {
    return new Promise((resolve) => this.#server!.close(resolve));
  }

  answerJson(json: unknown, status = 200): void {
    this.answer = (_request, response) => response.status(status).json(json);
  }

  /** Modules of the page, loaded anew, that talk to this server. */
  loadPage(specifiers: string[]) {
    this.requests = [];
    SentEvents.open = [];
    const base = `http://127.0.0.1:${(this.#server!.address() as AddressInfo).port}`;
    return loadPageModules(specifiers, {
      fetch: (path: string, options: RequestInit) => fetch(`${base}${path}`, options),
      EventSource: SentEvents,
      location: { pathname: '/lightning/page/home', search: '', origin: base },
      history: {},
      Event,
    });
  }
}

export const invoiceId = 'a00DS0000000001AAA';

export function invoice(status: string) {
  return {
    apiName: 'Invoice__c',
    id: invoiceId,
    fields: {
      Status__c: { value: status, displayValue: null },
      Total__c: { value: 12.5, displayValue: '$12.50' },
      Account__r: {
        displayValue: 'Acme',
        value: { apiName: 'Account', id: '001', fields: { Name: { value: 'Acme', displayValue: null } } },
      },
    },
  };
}

type Emitted = {
  data?: ReturnType<typeof invoice>;
  error?: { status: number; body: { message: string } };
};
type WireAdapter = { connect(): void; update(config: object): void; disconnect(): void };

/** A wire as a component has it: what it emitted, and how to change its parameters. */
export function wire(adapterClass: new (callback: (value: Emitted) => void) => WireAdapter, config: object) {
  const emitted: Emitted[] = [];
  const adapter = new adapterClass((value) => emitted.push(value));
  adapter.connect();
  adapter.update(config);
  return { emitted, adapter, last: () => emitted.at(-1)! };
}

export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('It did not come to pass within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
