const { existsSync } = require('node:fs');
const { join } = require('node:path');

// The servers run their TypeScript as it is; Jest's module registry needs CommonJS, so tests go through SWC.
const typescript = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
  ],
};

// Only source folders are crawled: node_modules and .data are large and hold no tests.
const roots = ['test', 'server', 'sync', 'sandbox', 'bench']
  .filter((folder) => existsSync(join(__dirname, folder)))
  .map((folder) => `<rootDir>/${folder}`);

function node(displayName, testMatch, extra = {}) {
  return {
    displayName,
    rootDir: __dirname,
    roots,
    testEnvironment: 'node',
    testMatch,
    transform: typescript,
    ...extra,
  };
}

const withDatabase = {
  globalSetup: '<rootDir>/test/setup/startDatabaseServer.cjs',
  globalTeardown: '<rootDir>/test/setup/stopDatabaseServer.cjs',
};

/** sfdx-lwc-jest reads sfdx-project.json while it is loaded. */
function lwc() {
  const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');
  return {
    ...jestConfig,
    displayName: 'lwc',
    rootDir: __dirname,
    roots: ['<rootDir>/lwc'],
    testMatch: ['<rootDir>/lwc/**/__tests__/**/*.test.js'],
    moduleNameMapper: {
      '^c/(\\w+)$': '<rootDir>/lwc/$1/$1',
      '^lightning/modal$': '<rootDir>/test/setup/lightningModal.js',
    },
    collectCoverageFrom: undefined,
  };
}

module.exports = {
  coverageProvider: 'v8',
  collectCoverageFrom: [
    'lwc/**/*.js',
    '{server,sync,sandbox}/**/*.ts',
    '!**/__tests__/**',
    '!sandbox/page/**',
  ],
  // One more than the cores of the smallest machine: most files wait for timers and for processes of their own.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/setup/longestFirst.cjs',
  // Jest has one timeout for all projects; setup/longer.cjs and setup/longest.cjs raise it for those that start servers.
  testTimeout: 60_000,
  reporters: ['default', '<rootDir>/test/setup/summaryReporter.cjs'],
  projects: [
    ...(existsSync(join(__dirname, 'lwc')) && existsSync(join(__dirname, 'sfdx-project.json'))
      ? [lwc()]
      : []),
    node('unit', ['<rootDir>/test/unit/**/*.test.ts']),
    node('integration', ['<rootDir>/test/**/*.test.ts'], {
      ...withDatabase,
      testPathIgnorePatterns: ['<rootDir>/test/(unit|browser)/'],
      setupFilesAfterEnv: ['<rootDir>/test/setup/longer.cjs'],
    }),
    node('browser', ['<rootDir>/test/browser/**/*.test.ts'], {
      ...withDatabase,
      setupFilesAfterEnv: ['<rootDir>/test/setup/longest.cjs'],
    }),
  ],
};
