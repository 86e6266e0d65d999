#!/usr/bin/env node
/* eslint no-var: off -- Old syntax, so that an old Node can read this and hand over to the one of node_modules. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// 22.18 is the first release that runs TypeScript files without a flag.
var version = process.versions.node.split('.').map(Number);
var isOld = version[0] < 22 || (version[0] === 22 && version[1] < 18);
var newNode = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
var program = new URL('./invoicebridge.ts', import.meta.url);

if (!isOld) {
  import(program.href);
} else if (existsSync(newNode)) {
  var child = spawn(newNode, [fileURLToPath(program)].concat(process.argv.slice(2)), { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself; this process waits for how it ends.
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      if (signal !== 'SIGINT') child.kill(signal);
    });
  });
  child.on('exit', function (code) {
    process.exit(code === null ? 1 : code);
  });
} else {
  import('./requireNode.mjs');
}
