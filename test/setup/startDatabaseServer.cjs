const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { once } = require('node:events');

/** Keys and a certificate for all worlds of the run: making them takes longer than to start one. */
async function makeSecrets() {
  if (process.env.TEST_SANDBOX_SECRETS) return;
  const { loadSecrets } = await import('../../server/local/secrets.ts');
  const directory = mkdtempSync(join(tmpdir(), 'invoicebridge-secrets-'));
  try {
    process.env.TEST_SANDBOX_SECRETS = JSON.stringify(await loadSecrets(join(directory, 'secrets.json')));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Starts the process that will start PostgreSQL for the first test that asks; its address goes to the tests' environment. */
module.exports = async function startDatabaseServer() {
  const server = spawn(process.execPath, [join(__dirname, 'databaseServer.ts')], {
    // In a session of its own, so that whatever ends Jest leaves it alive to clean up.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await makeSecrets();
  const [address] = await Promise.race([
    once(server.stdout.setEncoding('utf8'), 'data'),
    once(server, 'exit').then(() => {
      throw new Error('The tests’ database server did not start; its words are above.');
    }),
  ]);
  process.env.TEST_DATABASE_SERVER = address.trim();
  globalThis.testDatabaseServer = server;
};
