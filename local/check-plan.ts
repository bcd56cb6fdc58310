/** One command of the checks. A step with a `report` is a test runner, which writes its counts there. */
export interface Step {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly report?: string;
}

export interface StepResult {
  readonly name: string;
  readonly succeeded: boolean;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const jestOptions = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

/**
 * The steps in the order in which a mistake is found soonest.
 *
 * @param quick without what needs the local cloud.
 * @param reportFolder where test runners write their counts.
 */
export function planSteps(quick: boolean, reportFolder: string): Step[] {
  const jest = (name: string, projects: string[], ...args: string[]): Step => {
    const report = `${reportFolder}/${name}.json`;
    return {
      name, report, command: 'node',
      arguments: [...jestOptions, '--selectProjects', ...projects, '--passWithNoTests', '--json', '--outputFile', report, ...args],
    };
  };
  const checks = [
    check('types', 'tsc', '-p', '.'),
    check('lint', 'oxlint', '--type-aware'),
    check('layers', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err',
      'bin', 'lib', 'core', 'lambdas', 'sdk', 'cli', 'local', 'benchmarks', 'test'),
    check('unused', 'knip', '--no-progress'),
    // Jest leaves a core to whoever watches; nobody does.
    jest('unit', ['unit', 'infra'], '--maxWorkers=100%'),
  ];
  // One at a time: each suite starts servers of its own, and two cores are what CI has.
  const onLocalCloud = ['contract', 'statemachines', 'integ'].map((name) => jest(name, [name], '--runInBand'));
  return quick ? checks : [...checks, ...onLocalCloud];
}

function check(name: string, command: string, ...args: string[]): Step {
  return { name, command, arguments: args };
}

/** Counts of a runner's report; a step that failed without a failed test, or without a report, is one failure. */
export function stepResult(name: string, succeeded: boolean, seconds: number, report: JestReport | undefined): StepResult {
  const { numPassedTests: passed = 0, numFailedTests = 0, numPendingTests: skipped = 0 } = report ?? {};
  const failed = succeeded ? numFailedTests : Math.max(1, numFailedTests);
  return { name, succeeded: succeeded && failed === 0, seconds, passed, failed, skipped };
}

/** The part of `jest --json` that is read. */
export interface JestReport {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
}

/** Where the time went, step by step, and as the last line the total over all runners. */
export function summarize(results: readonly StepResult[]): string {
  const total = (field: 'passed' | 'failed' | 'skipped') => results.reduce((sum, result) => sum + result[field], 0);
  const lines = results.map(({ name, succeeded, seconds, passed, failed }) => {
    const counts = passed + failed === 0 ? '' : `  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
    return `${succeeded ? 'ok    ' : 'FAILED'} ${name.padEnd(14)} ${seconds.toFixed(1).padStart(7)} s${counts}`;
  });
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  return ['', ...lines, '', `${total('passed')} passed, ${total('failed')} failed${skipped}`].join('\n');
}
