import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Contract } from './contract.ts';
import type { ContractDocument } from './contractDocument.ts';

const nodeModules = path.join(import.meta.dirname, '../../../node_modules');
const cacheFolder = path.join(nodeModules, '.cache/invoicebridge');

let opened: Promise<Contract> | undefined;

/**
 * The contract of the installed `stripe` package. The first call takes a few seconds to generate it; later ones,
 * also of other processes, read it from the cache.
 */
export function openContract(): Promise<Contract> {
  opened ??= load().then((document) => new Contract(document));
  return opened;
}

async function load(): Promise<ContractDocument> {
  const stripeFolder = path.join(nodeModules, 'stripe');
  const file = path.join(cacheFolder, `stripe-contract-${versionOf(stripeFolder)}-${generatorHash()}.json`);
  const cached = readCache(file);
  if (cached) return cached;
  // The compiler is loaded only when it is needed: it takes most of a second by itself.
  const { generateContract } = await import('./generateContract.ts');
  const document = generateContract(stripeFolder);
  writeCache(file, document);
  return document;
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** A changed generator must not meet the cache of the old one. */
function generatorHash(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(import.meta.dirname).sort()) {
    hash.update(readFileSync(path.join(import.meta.dirname, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

function readCache(file: string): ContractDocument | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ContractDocument;
  } catch {
    return undefined; // Not there yet, or cut off by a kill: it is generated again.
  }
}

/** Written aside and renamed, because several test processes may do so at once. */
function writeCache(file: string, document: ContractDocument): void {
  try {
    mkdirSync(cacheFolder, { recursive: true });
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, JSON.stringify(document));
    renameSync(aside, file);
  } catch (error) {
    // A read-only node_modules costs every process the seconds of generating; nothing else depends on the cache.
    if (!['EACCES', 'EROFS', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
