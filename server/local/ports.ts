import { createServer } from 'node:net';

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
