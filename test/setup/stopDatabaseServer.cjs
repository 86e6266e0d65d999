const { once } = require('node:events');

module.exports = async function stopDatabaseServer() {
  const server = globalThis.testDatabaseServer;
  if (server.exitCode !== null) return;
  const exited = once(server, 'exit');
  server.stdin.end();
  await exited;
};
