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

// These read any number of records a page at a time. On a large machine Node would let its heap grow by hundreds of
// megabytes before it clears up; within this bound it does so in time. About 60 MB of it are in use at once.
var isLong = ['backfill', 'audit'].indexOf(process.argv[2]) >= 0;
var given = process.execArgv.concat(process.env.NODE_OPTIONS || '').join(' ');
var options =
  isLong && !/max[-_]old[-_]space[-_]size/.test(given)
    ? ['--max-old-space-size=128', '--max-semi-space-size=8']
    : [];

if (!isOld && options.length === 0) {
  import(program.href);
} else if (!isOld) {
  restart(process.execPath);
} else if (existsSync(newNode)) {
  restart(newNode);
} else {
  import('./requireNode.mjs');
}

function restart(node) {
  var args = process.execArgv.concat(options, fileURLToPath(program), process.argv.slice(2));
  // In place of this process where the system can do so: whoever ends this one by its id then ends the command.
  if (process.execve && process.platform !== 'win32') process.execve(node, [node].concat(args), process.env);
  var child = spawn(node, args, { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself; this process waits for how it ends.
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      if (signal !== 'SIGINT') child.kill(signal);
    });
  });
  child.on('exit', function (code) {
    process.exit(code === null ? 1 : code);
  });
}
