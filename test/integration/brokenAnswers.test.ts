import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gate } from '../../sync/limits/gate.ts';
import { GatedTransport } from '../../sync/salesforce/gatedTransport.ts';
import { translateSalesforceError } from '../../sync/salesforce/translateError.ts';

let server: Server;
beforeAll(async () => {
  // Headers and a part of the answer; then the path is gone, or the connection.
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('[{"success": ', () => {
      if (request.url === '/breaks-off') response.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.each(['stalls', 'breaks-off'])(
  'an answer of the org that %s after its headers is an outage, and holds nothing up for ever',
  async (what) => {
    const gate = new Gate({ side: 'salesforce', perSecond: null, atOnce: 1, longestPauseMs: 1_000 });
    const { port } = server.address() as AddressInfo;
    const call = new GatedTransport(gate).httpRequest(
      { method: 'PATCH', url: `http://127.0.0.1:${port}/${what}`, headers: {}, body: '{}' },
      { timeout: 1_000 },
    );
    const error: unknown = await call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(translateSalesforceError(error, 'write-crm')).toMatchObject({ code: 'crm_unavailable' });
    expect(gate.state()).toMatchObject({ breaker: { failures: 1 }, limiter: { inFlight: 0 } });
  },
);
