import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** What the product and the sandboxes must both know. Made once; a real installation gets these from Stripe and the org. */
export type SandboxSecrets = z.infer<typeof shape>;

const shape = z.object({
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
  salesforceClientId: z.string(),
  salesforceUsername: z.string(),
  /** Signs the JWT bearer assertions; the org knows the certificate. */
  privateKeyPem: z.string(),
  certificatePem: z.string(),
  /** The bearer token in the org's Named Credential. */
  apiToken: z.string(),
});

export async function loadSecrets(file: string): Promise<SandboxSecrets> {
  if (!existsSync(file)) {
    // Renamed into place, so that a killed start never leaves half a file.
    writeFileSync(`${file}.new`, JSON.stringify(await makeSecrets(), null, 2), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  const parsed = shape.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is from another version. Begin with a new sandbox: npm start -- --reset`);
}

async function makeSecrets(): Promise<SandboxSecrets> {
  // Only the sandbox needs a certificate authority of its own, so production never loads this package.
  const { generate } = await import('selfsigned');
  const certificate = await generate([{ name: 'commonName', value: 'Invoicebridge sandbox' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notAfterDate: new Date('2099-12-31'),
  });
  return {
    stripeSecretKey: `sk_test_${random(24)}`,
    stripeWebhookSecret: `whsec_${random(24)}`,
    salesforceClientId: `3MVG9${random(32)}`,
    salesforceUsername: 'integration@invoicebridge.sandbox',
    privateKeyPem: certificate.private,
    certificatePem: certificate.cert,
    apiToken: `ibt_${random(32)}`,
  };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
