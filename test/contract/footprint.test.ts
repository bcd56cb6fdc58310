import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { budget, footprintOf, type Footprint } from '../../benchmarks/footprint/footprint.ts';
import { runReferenceJob, type ReferenceRun } from '../../benchmarks/footprint/reference-job.ts';
import { startMiniStack, type MiniStack } from './ministack.ts';

jest.setTimeout(120_000);

describe('the footprint of a job with 65 nodes', () => {
  let cloud: MiniStack;
  let run: ReferenceRun;
  let footprint: Footprint;

  beforeAll(async () => {
    cloud = await startMiniStack();
    run = await runReferenceJob(cloud.endpoint);
    footprint = footprintOf(run);
  });

  afterAll(async () => {
    await cloud?.stop();
  });

  it('is that of a whole life', () => {
    expect(run.job).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED' });
    expect(run.job).not.toHaveProperty('hold');
    expect(run.nodes).toHaveLength(65);
    expect(run.events.map(({ number }) => number)).toEqual(run.events.map((_, i) => i + 1));
  });

  it('keeps to the budget', () => {
    expect(footprint.writeUnits).toBeLessThanOrEqual(budget.writeUnits);
    expect(footprint.readUnits).toBeLessThanOrEqual(budget.readUnits);
    expect(footprint.transitions).toBeLessThanOrEqual(budget.transitions);
    expect(footprint.usd).toBeLessThanOrEqual(budget.usd);
  });
});
