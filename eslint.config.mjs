import slds from '@salesforce-ux/eslint-plugin-slds';
import lwc from '@salesforce/eslint-config-lwc/recommended.js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescript = ['{server,sync,sandbox,test,bench}/**/*.ts'];
const domain = ['sync/domain/**/*.ts'];

/** The org's components, and the page around them in the sandbox. */
const components = ['lwc', 'sandbox/page/modules', 'sandbox/page/shims'];

/** Where settings enter a process; everything else gets them passed in. */
const readsEnvironment = ['server/config.ts', 'server/local/**', 'sandbox/main.ts', 'test/**', 'bench/**'];

const environment = {
  object: 'process',
  property: 'env',
  message: 'Settings come from server/config.ts, so that they are checked once and shown in one place.',
};

export default defineConfig(
  { ignores: ['node_modules/', '.data/', '.cache/', 'coverage/', 'dist/', 'sandbox/page/dist/'] },

  { files: typescript, extends: [tseslint.configs.recommended] },
  {
    files: typescript,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-restricted-properties': ['error', environment],
      'max-params': ['error', 3],
      'max-lines': ['error', 300],
    },
  },
  // A row of a table of cases may have more columns than a function should have parameters.
  { files: ['test/**'], rules: { 'max-params': 'off' } },
  { files: readsEnvironment, rules: { 'no-restricted-properties': 'off' } },

  {
    // The domain decides from what it is given, so that every decision can be tested as a table.
    files: domain,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^[^.]', message: 'The domain imports no packages.' },
            {
              regex: '\\.\\./(actions|flows|inbox|salesforce|store|stripe)/',
              message: 'The domain imports only the domain.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        environment,
        { object: 'Date', property: 'now', message: 'The time is passed in.' },
        { object: 'Math', property: 'random', message: 'Chance is passed in.' },
      ],
    },
  },

  { files: components.map((folder) => `${folder}/**/*.js`), extends: [lwc] },
  // The page around the components is not deployed to an org, whose rules on timers therefore do not bind it.
  { files: ['sandbox/page/**/*.js'], rules: { '@lwc/lwc/no-async-operation': 'off' } },
  ...slds.configs['flat/recommended'].map((config) => ({
    ...config,
    files: config.files.map((pattern) => `lwc/${pattern}`),
  })),
  // The hooks it proposes exist in SLDS 2 only; the sandbox ships SLDS 1, the one that is open source.
  { files: ['lwc/**/*.css'], rules: { '@salesforce-ux/slds/no-hardcoded-values-slds2': 'off' } },
);
