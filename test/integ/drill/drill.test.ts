import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { failures } from '../../../local/drill/catalogue.ts';
import { DrillCloud } from '../../../local/drill/cloud.ts';
import { drill, type Drilled } from '../../../local/drill/drill.ts';
import { verdictTable } from '../../../local/drill/table.ts';
import { receivedSpans } from '../../../local/collector/received.ts';
import { eventually } from '../../../local/eventually.ts';
import { collectorLog } from '../../../local/services.ts';
import type { JobDetail, JobRef } from '../../../sdk/src/index.ts';
import { isAtRest, leavesNothing } from '../cloud/leaves-nothing.ts';
import { runsOnce } from '../cloud/runs-once.ts';
import { findSecrets, taskTokensOf } from '../cloud/secrets.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { watchedSiteOptions } from '../cloud/site.ts';
import { watchedCloud } from '../cloud/watched-cloud.ts';
import { mishaps, type Mishap } from './mishaps.ts';

jest.setTimeout(600_000);

interface Survived {
  readonly job: JobRef;
  readonly end: JobDetail;
}

let cloud: SharedCloud;
/** Of tasks that waited in the middle of it. */
let tokens: Readonly<Record<string, string>> = {};
const survived = new Map<string, Promise<Survived>>();
let drilled: Promise<Drilled>;

async function survive({ manifest, faults = [], faultsOfJob = [], drive }: Mishap): Promise<Survived> {
  for (const fault of faults) await cloud.fleet.breaks(manifest.metadata.namespace, fault);
  const job = await cloud.jobs.submit(manifest);
  for (const fault of faultsOfJob) await cloud.fleet.breaks(job.jobId, fault);
  await drive?.(cloud, job);
  return { job, end: await cloud.jobs.ends(job, 480_000) };
}

function drillCloud(): DrillCloud {
  const { endpoint, fleetUrl, outputs, researcher: credentials } = cloud;
  const log = collectorLog({ dir: watchedSiteOptions.dir });
  return new DrillCloud({ endpoint, fleetUrl, outputs, credentials, received: () => (existsSync(log) ? receivedSpans(readFileSync(log, 'utf8')) : undefined) });
}

/** All at once: what goes wrong for one job is none of the others' business. What stops a part that all need comes last. */
beforeAll(async () => {
  cloud = await watchedCloud();
  for (const [name, mishap] of Object.entries(mishaps)) {
    const surviving = survive(mishap);
    surviving.catch(() => undefined);
    survived.set(name, surviving);
  }
  drilled = drill(drillCloud(), failures, { meanwhile: Promise.allSettled(survived.values()) });
  drilled.catch(() => undefined);
  tokens = await eventually('tasks wait for an answer', async () => {
    const waiting = await taskTokensOf(cloud);
    return Object.keys(waiting).length > 0 && waiting;
  });
});

describe('a job ends right, runs no step twice and leaves nothing when', () => {
  it.each(Object.entries(mishaps))('%s', async (name, { ends: { reason, ...ends }, steps, launched, told }) => {
    const { job, end } = await (survived.get(name) ?? Promise.reject(new Error(name)));

    expect(end).toMatchObject(ends);
    if (reason !== undefined) expect(end.reason?.code).toBe(reason);
    if (told !== undefined) await cloud.jobs.happens(job, told);
    expect(await cloud.fleet.instancesOf(job.jobId)).toHaveLength(launched);
    await runsOnce(cloud, job, steps);
    await leavesNothing(cloud, job);
  });
});

describe('the cause, its evidence, the failed span and the alarm are told of', () => {
  it.each(Object.keys(failures))('%s', async (name) => {
    const { verdicts } = await drilled;
    const verdict = verdicts.find((each) => each.name === name);
    expect(verdict).toMatchObject({ cause: { isRight: true }, evidence: { isRight: true }, span: { isRight: true }, alarm: { isRight: true } });
    expect(verdictTable(verdicts)).toContain(name);
  });
});

describe('when all of that is over', () => {
  it('no alarm has rung but those that had to', async () => {
    const rightly = Object.values(mishaps).flatMap(({ alarm }) => alarm ?? []);
    const { falseAlarms } = await drilled;
    expect(falseAlarms.filter((name) => !rightly.some((id) => name.endsWith(`-${id}`)))).toEqual([]);
  });

  it('none of it has left a secret in a log or a history', async () => {
    await drilled;
    const { searched, found } = await findSecrets(cloud, tokens);
    expect(Object.keys(searched)).toEqual(expect.arrayContaining([cloud.outputs['JobLogGroupName'], 'histories', expect.stringContaining('RunStep')]));
    expect(found).toEqual([]);
  });

  it('the deployment is at rest', async () => {
    await isAtRest(cloud);
  });
});
