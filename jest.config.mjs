const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } },
  module: { type: 'es6' },
};

/** One project per kind of test, so that the quick ones run alone: `jest --selectProjects unit infra`. */
const project = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local'],
  ...extra,
});

export default {
  projects: [
    project('unit'),
    project('infra'),
    project('contract'),
    project('statemachines'),
    project('integ', {
      // One cloud for all files; it is started by the first that asks for it.
      globalSetup: '<rootDir>/test/integ/cloud/begin.mjs',
      globalTeardown: '<rootDir>/test/integ/cloud/end.mjs',
    }),
  ],
};
