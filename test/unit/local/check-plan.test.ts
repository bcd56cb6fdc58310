import { describe, expect, it } from '@jest/globals';
import { planSteps, stepResult, summarize } from '../../../local/check-plan.ts';

describe('planSteps', () => {
  it('leaves out what needs the local cloud when quick', () => {
    expect(planSteps(true, 'reports').map(({ name }) => name)).toEqual(['types', 'lint', 'layers', 'unused', 'unit']);
    expect(planSteps(false, 'reports').map(({ name }) => name).slice(5)).toEqual(['contract', 'statemachines', 'integ']);
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

  it('says that nothing ran', () => {
    expect(summarize([]).split('\n').at(-1)).toBe('0 passed, 0 failed');
  });
});
