import { join } from 'node:path';
import type { SandboxSecrets } from '../../server/local/secrets.ts';

/** Those of this run of Jest; outside of Jest they are made in the directory. */
export async function sandboxSecrets(directory: string): Promise<SandboxSecrets> {
  const made = process.env['TEST_SANDBOX_SECRETS'];
  if (made) return JSON.parse(made) as SandboxSecrets;
  // Loaded here, because the package that makes certificates takes its time.
  const { loadSecrets } = await import('../../server/local/secrets.ts');
  return loadSecrets(join(directory, 'secrets.json'));
}
