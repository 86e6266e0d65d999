import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a process that a test starts gets of this machine. Half of a start is compiling modules, and hundreds are started;
 * a process that ends in good order, or says so, keeps what it has compiled for the next ones.
 */
export const childEnvironment = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: join(tmpdir(), 'invoicebridge-test-modules'),
};
