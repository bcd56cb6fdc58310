import { availableParallelism } from 'node:os';

/** One command of the checks. A step with a `report` is a test runner, which writes its counts there. */
export interface Step {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly report?: string;
  /** Runs tests of Slurm, where that is there. */
  readonly usesSlurm?: true;
  /** Runs while the step before it does: one of both waits for most of its time. */
  readonly beside?: true;
  /** After this many minutes it hangs, and is ended: at least twice what it takes on two cores. */
  readonly limitMinutes: number;
}

export interface StepResult {
  readonly name: string;
  readonly succeeded: boolean;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Files with tests that were skipped, and how many. */
  readonly skippedFiles: readonly SkippedFile[];
}

interface SkippedFile {
  readonly file: string;
  readonly tests: number;
}

/** So long all steps may take together: CI ends a run after 90 minutes, and by then it has to have said what hangs. */
const RUN_MINUTES = 85;

/** Contract tests that start daemons on nodes. */
const withClusters = ['test/contract/nodes/', 'test/contract/runtime/'];

const jestOptions = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

/**
 * The steps in the order in which a mistake is found soonest.
 *
 * @param quick without what needs the local cloud.
 * @param reportFolder where test runners write their counts.
 */
export function planSteps(quick: boolean, reportFolder: string): Step[] {
  const jest = (name: string, projects: string[], args: string[], files: string[] = []): Step => {
    const report = `${reportFolder}/${name}.json`;
    return {
      name, report, command: 'node', limitMinutes: 10,
      arguments: [...jestOptions, ...files, '--selectProjects', ...projects, '--json', '--outputFile', report, ...args],
    };
  };
  const checks = [
    check('types', 'tsc', '-p', '.'),
    check('lint', 'oxlint', '--type-aware'),
    check('layers', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err',
      'bin', 'lib', 'core', 'lambdas', 'sdk', 'cli', 'local', 'benchmarks', 'test'),
    check('unused', 'knip', '--no-progress'),
    // One more than there are cores: some files wait for processes.
    jest('unit', ['unit', 'infra'], [`--maxWorkers=${availableParallelism() + 1}`]),
  ];
  // One file at a time: each suite starts servers of its own, and two cores are what CI has. Two suites at once where both mostly wait.
  const alone = (name: string, args: string[] = [], files: string[] = []): Step => jest(name, [name.split(' ')[0] ?? name], ['--runInBand', ...args], files);
  const onLocalCloud: Step[] = [
    { ...alone('contract', [`--testPathIgnorePatterns=${withClusters.join('|')}`]), limitMinutes: 15 },
    { ...alone('contract clusters', [], withClusters), usesSlurm: true, beside: true, limitMinutes: 15 },
    { ...alone('statemachines'), limitMinutes: 6 },
    { ...alone('integ'), usesSlurm: true, limitMinutes: 40 },
  ];
  return quick ? checks : [...checks, ...onLocalCloud];
}

/** The steps in order, those together that run at a time. */
export function besideEachOther(steps: readonly Step[]): readonly (readonly Step[])[] {
  return steps.reduce<readonly (readonly Step[])[]>(
    (groups, step) => (step.beside === true && groups.length > 0 ? [...groups.slice(0, -1), [...(groups.at(-1) ?? []), step]] : [...groups, [step]]), []);
}

/** How long a step may take that begins so long after the run did, in milliseconds; 0: it is too late to begin. */
export function limitMsOf({ limitMinutes }: Pick<Step, 'limitMinutes'>, sinceBeganMs: number): number {
  return Math.max(0, Math.min(limitMinutes * 60_000, RUN_MINUTES * 60_000 - sinceBeganMs));
}

function check(name: string, command: string, ...args: string[]): Step {
  return { name, command, arguments: args, limitMinutes: 3 };
}

/** Counts of a runner's report; a step that failed without a failed test, or without a report, is one failure. */
export function stepResult(name: string, succeeded: boolean, seconds: number, report: JestReport | undefined): StepResult {
  const { numPassedTests: passed = 0, numFailedTests = 0, numPendingTests: skipped = 0 } = report ?? {};
  const failed = succeeded ? numFailedTests : Math.max(1, numFailedTests);
  return { name, succeeded: succeeded && failed === 0, seconds, passed, failed, skipped, skippedFiles: skippedFiles(report) };
}

function skippedFiles({ testResults = [] }: JestReport = {}): SkippedFile[] {
  return testResults.flatMap(({ name: file, assertionResults }) => {
    const tests = assertionResults.filter(({ status }) => status === 'pending').length;
    return tests === 0 ? [] : [{ file, tests }];
  });
}

/** The part of `jest --json` that is read. */
export interface JestReport {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
  readonly testResults?: readonly { readonly name: string; readonly assertionResults: readonly { readonly status: string }[] }[];
}

/**
 * Where the time went, step by step, what was not run and why, and as the last line the total over all runners.
 *
 * @param missing what this machine lacks, a sentence each.
 */
export function summarize(results: readonly StepResult[], missing: readonly string[] = []): string {
  const total = (field: 'passed' | 'failed' | 'skipped') => results.reduce((sum, result) => sum + result[field], 0);
  const lines = results.map(({ name, succeeded, seconds, passed, failed }) => {
    const counts = passed + failed === 0 ? '' : `  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
    return `${succeeded ? 'ok    ' : 'FAILED'} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(7)} s${counts}`;
  });
  const skipped = total('skipped') > 0 ? `, ${total('skipped')} skipped` : '';
  const notRun = results.flatMap((result) => result.skippedFiles).map(({ file, tests }) => `NOT RUN ${tests} of ${file}`);
  const notice = [...notRun, ...missing.map((sentence) => `MISSING ${sentence}`)];
  return ['', ...lines, '', ...notice, ...(notice.length > 0 ? [''] : []), `${total('passed')} passed, ${total('failed')} failed${skipped}`].join('\n');
}
