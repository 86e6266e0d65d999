const typescript = { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] };
module.exports = { projects: [{ displayName: 'unit', rootDir: __dirname, testEnvironment: 'node', testMatch: ['<rootDir>/test/**/*.test.ts'], transform: typescript }] };
