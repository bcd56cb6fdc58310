import { describe, expect, it } from '@jest/globals';
import { besideEachOther, limitMsOf, planSteps, stepResult, summarize } from '../../../local/check-plan.ts';

describe('planSteps', () => {
  it('leaves out what needs the local cloud when quick', () => {
    expect(planSteps(true, 'reports').map(({ name }) => name)).toEqual(['types', 'lint', 'layers', 'unused', 'unit']);
    expect(planSteps(false, 'reports').map(({ name }) => name).slice(5)).toEqual(['contract', 'contract clusters', 'statemachines', 'integ']);
  });

  it('knows which steps need Slurm to be there', () => {
    expect(planSteps(false, 'reports').filter(({ usesSlurm }) => usesSlurm).map(({ name }) => name)).toEqual(['contract clusters', 'integ']);
  });

  it('runs what waits for daemons beside what computes, and all else alone', () => {
    const groups = besideEachOther(planSteps(false, 'reports')).map((steps) => steps.map(({ name }) => name));
    expect(groups.filter((names) => names.length > 1)).toEqual([['contract', 'contract clusters']]);
    expect(groups.flat()).toEqual(planSteps(false, 'reports').map(({ name }) => name));
    expect(besideEachOther([]).length).toBe(0);
  });
});

describe('the limit of a step', () => {
  it('is its own, and less where CI would end the run before: it does after 90 minutes', () => {
    const minutes = (limitMinutes: number, since: number): number => limitMsOf({ limitMinutes }, since * 60_000) / 60_000;
    expect(minutes(40, 0)).toBe(40);
    expect(minutes(40, 60)).toBe(25);
    expect(minutes(3, 100)).toBe(0);
  });
});

describe('stepResult', () => {
  it('counts a check that failed as one failure', () => {
    expect(stepResult('types', false, 1, undefined)).toMatchObject({ succeeded: false, passed: 0, failed: 1 });
  });

  it('counts a check that succeeded as no test', () => {
    expect(stepResult('types', true, 1, undefined)).toMatchObject({ succeeded: true, passed: 0, failed: 0 });
  });

  it('counts a runner that ended badly without a failed test as one failure', () => {
    expect(stepResult('unit', false, 1, { numPassedTests: 3, numFailedTests: 0 })).toMatchObject({ passed: 3, failed: 1 });
  });

  it('does not believe a runner that ends well with failed tests', () => {
    expect(stepResult('unit', true, 1, { numPassedTests: 3, numFailedTests: 2 })).toMatchObject({ succeeded: false, failed: 2 });
  });
});

describe('summarize', () => {
  it('ends with the total over all runners, in the words that machines look for', () => {
    const summary = summarize([
      stepResult('types', true, 1.2, undefined),
      stepResult('unit', true, 3, { numPassedTests: 10, numFailedTests: 0 }),
      stepResult('integ', false, 60, { numPassedTests: 4, numFailedTests: 1, numPendingTests: 2 }),
    ]);

    expect(summary.split('\n').at(-1)).toBe('14 passed, 1 failed, 2 skipped');
    expect(summary).toMatch(/FAILED integ +60\.0 s {2}4 passed, 1 failed/);
  });

  it('names what was not run, and what is missing for it', () => {
    const assertionResults = ['passed', 'pending', 'pending'].map((status) => ({ status }));
    const report = { numPassedTests: 1, numPendingTests: 2, testResults: [{ name: 'test/integ/slurm.test.ts', assertionResults }] };

    const lines = summarize([stepResult('integ', true, 60, report)], ['Slurm is missing.']).split('\n');

    expect(lines).toEqual(expect.arrayContaining(['NOT RUN 2 of test/integ/slurm.test.ts', 'MISSING Slurm is missing.']));
    expect(lines.at(-1)).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('says that nothing ran', () => {
    expect(summarize([]).split('\n').at(-1)).toBe('0 passed, 0 failed');
  });
});
