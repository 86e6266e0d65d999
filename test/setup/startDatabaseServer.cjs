const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { once } = require('node:events');

/** Starts the process that will start PostgreSQL for the first test that asks; its address goes to the tests' environment. */
module.exports = async function startDatabaseServer() {
  const server = spawn(process.execPath, [join(__dirname, 'databaseServer.ts')], {
    // In a session of its own, so that whatever ends Jest leaves it alive to clean up.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [address] = await Promise.race([
    once(server.stdout.setEncoding('utf8'), 'data'),
    once(server, 'exit').then(() => {
      throw new Error('The tests’ database server did not start; its words are above.');
    }),
  ]);
  process.env.TEST_DATABASE_SERVER = address.trim();
  globalThis.testDatabaseServer = server;
};
