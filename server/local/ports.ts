import { createServer } from 'node:net';

/** Where the search for free ports begins; two starts on one machine had better begin at different ones. */
export function firstPort(text = process.env['INVOICEBRIDGE_PORT']): number {
  if (!text) return 4000;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_000) return port;
  throw new Error(`INVOICEBRIDGE_PORT is "${text}". Set it to a port number, e.g. 5000.`);
}

/** The wished ports or, where one is taken, the next free one; all different. */
export async function choosePorts<Name extends string>(
  wishes: Record<Name, number>,
): Promise<Record<Name, number>> {
  const chosen: Partial<Record<Name, number>> = {};
  const given = new Set<number>(Object.values<number>(wishes));
  for (const [name, wish] of Object.entries<number>(wishes) as [Name, number][]) {
    let port = wish;
    if (!(await isFree(port))) {
      do port += 1;
      while (given.has(port) || !(await isFree(port)));
    }
    given.add(port);
    chosen[name] = port;
  }
  return chosen as Record<Name, number>;
}

/** Asked for all interfaces, and again for the loopback: macOS lets two servers share a port when only one names a host. */
async function isFree(port: number): Promise<boolean> {
  if (port > 65_535) throw new Error('There is no free port left.');
  return (await canListen({ port })) && (await canListen({ port, host: '127.0.0.1' }));
}

function canListen(address: { port: number; host?: string }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ ...address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
