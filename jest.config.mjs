const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } },
  module: { type: 'es6' },
};

/** One project per kind of test, so that the quick ones run alone: `jest --selectProjects unit infra`. */
const project = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local'],
  ...extra,
});

/** Many files of which each takes little: most of their time would be that in which they load the same libraries. */
const quick = (name, extra = {}) => project(name, { runner: '<rootDir>/test/runner/runner.ts', transform: {}, ...extra });

/** Few files, each in a world of its own. */
const apart = (name, extra = {}) => project(name, {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  ...extra,
});

export default {
  // No test asserts a time, and two cores may be busy with others: what takes this long hangs.
  testTimeout: 30_000,
  projects: [
    quick('unit'),
    quick('infra', {
      // The handlers are bundled once for all files.
      globalSetup: '<rootDir>/test/infra/begin.mjs',
      globalTeardown: '<rootDir>/test/infra/end.mjs',
    }),
    apart('contract'),
    apart('statemachines'),
    apart('integ', {
      // One cloud for all files; it is started by the first that asks for it.
      globalSetup: '<rootDir>/test/integ/cloud/begin.mjs',
      globalTeardown: '<rootDir>/test/integ/cloud/end.mjs',
    }),
  ],
};
