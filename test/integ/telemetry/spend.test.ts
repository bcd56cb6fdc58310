import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { metricNamespace, commonDimensions, type MetricName } from '../../../core/metrics/catalogue.ts';
import { eventually } from '../../../local/eventually.ts';
import type { JobDetail, JobRef } from '../../../sdk/src/index.ts';
import { gate, type Gate } from '../cloud/gate.ts';
import { aCluster, begun, script } from '../cloud/manifests.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { watchedCloud } from '../cloud/watched-cloud.ts';

jest.setTimeout(240_000);

const namespace = 'spending';

/** A job whose cost belongs to `fold`, which the deployment tells apart: a node on demand and one on Spot. */
function aFold(name: string, spec: Parameters<typeof aCluster>[2]) {
  const { metadata, ...others } = aCluster(namespace, name, {
    nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.large' }, { name: 'workers', count: 1, instanceType: 'c6i.large', purchaseOption: 'Spot' }], ...spec,
  });
  return { ...others, metadata: { ...metadata, labels: { 'cost-center': 'fold' } } };
}

describe('what jobs that run cost an hour, beside a rehearsal that would cost more', () => {
  let cloud: SharedCloud;
  let job: JobDetail;
  let rehearsal: JobRef;
  let held: Gate;
  let sinceMs: number;

  beforeAll(async () => {
    cloud = await watchedCloud();
    sinceMs = Date.now();
    held = await gate(cloud, `spend-${randomUUID()}`);
    const asleep = { name: 'train', script: 'exit 9', timeoutSeconds: 600, env: { SIMULATED_SECONDS: '500' } };
    const [ref, rehearsed] = await Promise.all([
      cloud.jobs.submit(aFold('job', { hooks: { onRun: [script('train', held.wait)] } })),
      cloud.jobs.submit(aFold('rehearsal', { placement: { provider: 'simulated', region: 'us-east-1' }, hooks: { onRun: [asleep] } })),
    ]);
    rehearsal = rehearsed;
    await Promise.all([cloud.jobs.writes(ref, begun), cloud.jobs.reaches(rehearsal, 'RUNNING')]);
    job = await cloud.jobs.get(ref);
  });

  // How they end is tried elsewhere.
  afterAll(async () => { await Promise.all([held.open(), cloud.jobs.cancel(rehearsal)]); });

  /** The most that was measured in the latest minute, since the jobs were submitted. */
  async function most(MetricName: MetricName, dimensions: Readonly<Record<string, string>>): Promise<number | undefined> {
    const Dimensions = Object.entries({ ...commonDimensions, ...dimensions }).map(([Name, Value]) => ({ Name, Value }));
    const metric = { Namespace: metricNamespace('orchestrator'), MetricName, Dimensions };
    const { MetricDataResults: [{ Values = [] } = {}] = [] } = await new CloudWatchClient(cloud.account.client).send(new GetMetricDataCommand({
      StartTime: new Date(sinceMs), EndTime: new Date(Date.now() + 60_000),
      MetricDataQueries: [{ Id: 'most', MetricStat: { Metric: metric, Period: 60, Stat: 'Maximum' } }], ScanBy: 'TimestampDescending',
    }));
    return Values[0];
  }

  it('is a metric by the value of the label: the price of each machine on its market, and of no rehearsal', async () => {
    const markets = job.nodes.map(({ market }) => market);
    expect(markets.toSorted()).toEqual(['on-demand', 'spot']);
    const usd = job.nodes.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0);
    // A pass that saw the job before it was whole counted the most that it can cost: then the next minute says it.
    await eventually(`fold costs ${usd} USD an hour`, async () => {
      await cloud.account.reconcile();
      return Math.abs((await most('CostPerHourUsdByLabel', { Label: 'fold' }) ?? 0) - usd) < 1e-6;
    });
  });

  it('is a metric of 0 where nothing runs, so that one sees the end', async () => {
    await eventually('alpha is measured', async () => (await most('CostPerHourUsd', { Namespace: 'alpha' })) !== undefined);
    expect(await most('CostPerHourUsd', { Namespace: 'alpha' })).toBe(0);
  });
});
