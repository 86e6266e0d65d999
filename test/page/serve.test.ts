import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import request from 'supertest';
import { createPage } from '../../sandbox/page/serve.ts';

let output: string;
let app: express.Express;

beforeAll(() => {
  output = mkdtempSync(join(tmpdir(), 'page-serve-'));
  const dir = join(output, 'app-1');
  mkdirSync(dir);
  writeFileSync(join(dir, 'main.js'), 'export default 1;');
  writeFileSync(join(output, '.building'), '1');
  writeFileSync(
    join(dir, 'page.json'),
    JSON.stringify({ entry: 'app-1/main.js', preload: ['app-1/main.js', 'vendor-1/lwc.js'] }),
  );
  app = express().use(createPage({ dir }));
});

afterAll(() => rmSync(output, { recursive: true, force: true }));

describe('the server of the page', () => {
  test.each(['/', '/lightning/page/home', '/lightning/r/Account/001000000000001AAA/view', '/lightning'])(
    'answers %s with the page',
    async (path) => {
      const { status, text, headers } = await request(app).get(path);
      expect(status).toBe(200);
      expect(headers['content-type']).toContain('text/html');
      expect(text).toContain('<script type="module" src="/page/app-1/main.js">');
      expect(text).toContain('<link rel="modulepreload" href="/page/vendor-1/lwc.js">');
    },
  );

  test('lets the page run scripts of its own server only, and asks for the page itself each time', async () => {
    const { headers, text } = await request(app).get('/');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).not.toContain('script-src');
    expect(headers['cache-control']).toBe('no-cache');
    expect(text).not.toMatch(/<script(?![^>]* src=)/);
  });

  test('lets browsers keep built files for good', async () => {
    const { status, headers } = await request(app).get('/page/app-1/main.js');
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('javascript');
    expect(headers['cache-control']).toMatch(/max-age=31536000.*immutable/);
  });

  test('serves the styles and images of the design system', async () => {
    const css = await request(app).get('/slds/styles/salesforce-lightning-design-system.min.css');
    expect(css.headers['content-type']).toContain('text/css');
    const icon = await request(app).get('/favicon.ico');
    expect(icon.headers['content-type']).toContain('image/svg');
  });

  test.each(['/page/app-1/missing.js', '/page/.building', '/page/..%2f..%2fetc/passwd', '/slds/missing.css'])(
    'does not answer %s with the page',
    async (path) => {
      const { status, headers } = await request(app).get(path);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers['content-type']).not.toContain('html');
    },
  );
});
