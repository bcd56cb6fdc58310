import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { budget, footprintOf, telemetryBudget, type Footprint } from '../../benchmarks/footprint/footprint.ts';
import { gigabyteSecondsOfTelemetry } from '../../benchmarks/footprint/prices.ts';
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

  it('has telemetry that writes nothing to the table and reads little of it, and says so in docs/cost.md', () => {
    const { telemetry } = footprint;
    expect(telemetry.spans).toBeGreaterThan(15);
    for (const name of ['writeUnits', 'readUnits', 'spanBytes', 'logBytes', 'usd'] as const) expect(telemetry[name]).toBeLessThanOrEqual(telemetryBudget[name]);
    const said = readFileSync('docs/cost.md', 'utf8');
    expect(said).toContain(`${telemetry.readUnits} read units × 0.000000125`);
    expect(said).toContain(`${telemetry.requests} requests × 0.1 s, ${gigabyteSecondsOfTelemetry(telemetry).toFixed(2)} GB-seconds × 0.0000133334`);
    expect(said).toContain(`${telemetry.spans} spans, ${Math.round(telemetry.spanBytes / 1000)} kB × 0.35 per GB`);
    expect(said).toContain(`${telemetry.lines} lines, ${Math.round(telemetry.logBytes / 1000)} kB × 0.50 per GB`);
    expect(said).toContain(`| **telemetry** | | **${telemetry.usd.toFixed(6)}** |`);
  });

  it('grows under Slurm by what a step takes, and says so in docs/cost.md', async () => {
    const { job, sent, ...rest } = await runReferenceJob(cloud.endpoint, 'Slurm');
    expect(job).toMatchObject({ state: 'DONE', outcome: 'SUCCEEDED', scheduler: { state: 'COMPLETED' } });
    expect(sent.map(({ step }) => step.name)).toEqual([...run.sent.slice(0, 2).map(({ step }) => step.name), 'Start Slurm', ...run.sent.slice(2).map(({ step }) => step.name)]);
    const slurm = footprintOf({ job, sent, ...rest });
    expect(slurm.transitions).toBe(footprint.transitions + 2);
    expect(slurm.writeUnits - footprint.writeUnits).toBeLessThanOrEqual(14);
    expect(slurm.readUnits - footprint.readUnits).toBeLessThanOrEqual(4.5);
    const said = readFileSync('docs/cost.md', 'utf8');
    expect(said).toContain(`${slurm.writeUnits} write and ${slurm.readUnits} read units, ${slurm.transitions} transitions`);
    expect(said).toContain(`${slurm.usd.toFixed(5)} USD under Slurm`);
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
