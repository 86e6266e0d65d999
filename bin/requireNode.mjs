/* eslint no-var: off -- Old syntax, so that an old Node can read this and say what to do. */

// 22.18 is the first release that runs TypeScript files without a flag.
var needed = [22, 18];
var found = process.versions.node.split('.').map(Number);

if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  console.error(
    'Invoicebridge needs Node ' + needed.join('.') + ' or newer; this is Node ' + process.versions.node + '.',
  );
  if (process.platform === 'linux' && process.arch === 'x64') {
    console.error(
      'Run `npm ci` (without --omit=optional): it brings Node 24, which the npm scripts then use.',
    );
    console.error('Start everything through npm scripts, for example `npm start`, not with `node` itself.');
  } else {
    console.error('Install Node 24 from https://nodejs.org/ and run the command again.');
  }
  process.exit(1);
}
