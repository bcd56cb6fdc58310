import { readFileSync } from 'node:fs';
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

  it('is what docs/cost.md says', () => {
    const said = readFileSync('docs/cost.md', 'utf8');
    const invocations = Object.values(footprint.invocations).reduce((sum, count) => sum + count, 0);
    expect(said).toContain(`| Step Functions | ${footprint.transitions} transitions × 0.000025 |`);
    expect(said).toContain(`${footprint.writeUnits} write units × 0.000000625 + ${footprint.readUnits} read units × 0.000000125`);
    expect(said).toContain(`${invocations} invocations × 0.0000002`);
    expect(said).toContain(`${footprint.events} events × 0.000001`);
    expect(said).toContain(`| **sum** | | **${footprint.usd.toFixed(5)}** |`);
  });
});
