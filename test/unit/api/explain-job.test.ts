import { beforeAll, describe, expect, it } from '@jest/globals';
import { AGEING_MS } from '../../../core/queue/order.ts';
import { offeringKey } from '../../../core/capacity/offering.ts';
import { epochMs, isoTime, jobId, microUsd } from '../../../core/job/ids.ts';
import type { Node } from '../../../core/job/job.ts';
import { capacityDeadline } from '../../../core/lifecycle/time-over.ts';
import { admit, giveTurn, park } from '../../../core/lifecycle/admit.ts';
import { enter } from '../../../core/lifecycle/enter.ts';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import type { JobState } from '../../../core/lifecycle/states.ts';
import { usageBase } from '../../../core/scheduling/usage.ts';
import { defaultShareTree, type ShareTree } from '../../../core/shares/share-tree.ts';
import { anApi } from '../../builders/api.ts';
import { silenceLogs } from '../../builders/logs.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { aNamespace } from '../../builders/scheduling.ts';

type Api = ReturnType<typeof anApi>;

beforeAll(silenceLogs);

const submitted = async (api: Api, text = aManifestText()): Promise<string> => (await api.call('submitJob', { body: text })).body.jobId;
const explained = async (api: Api, id: string) => (await api.call('explainJob', { params: { jobId: id } })).body;

function share(api: Api, fields: Partial<ShareTree>): void {
  api.table.shareVersions.push({ version: 1, tree: { ...defaultShareTree, ...fields }, document: {}, appliedBy: 'ops', appliedAtMs: api.clock.now() });
}

/** Somebody else's jobs hold so much. */
function held(api: Api, fields: { readonly runningJobs?: number; readonly nodes?: number; readonly usage?: number }): void {
  const { runningJobs = 1, nodes = 1, usage = 0 } = fields;
  const base = usageBase(api.clock.now(), defaultShareTree.halfLifeSeconds * 1000);
  const use = { namespace: 'vision', user: 'bob', runningJobs, nodes, vcpus: 100, gpus: 0, microUsdPerHour: microUsd(10_000_000), quotas: {}, usage, ...base };
  api.table.uses.set('vision#bob', use);
}

async function move(api: Api, id: string, ...path: JobState[]): Promise<void> {
  await api.jobs.commit(admit(await api.get(id), {}, api.clock.now()));
  const change = enter(await api.get(id), undefined, path, undefined, api.clock.now());
  if (change !== undefined) await api.jobs.commit(change);
}

describe('why a job waits in the queue', () => {
  it('is nothing, where it starts with the next cycle', async () => {
    const api = anApi();
    const id = await submitted(api);
    const answer = await explained(api, id);
    expect(answer).toMatchObject({ jobId: id, state: 'PENDING', code: 'Starts', message: 'It may start: the scheduler takes it next.', at: isoTime(api.clock.now()) });
  });

  it('is a limit, with its figures and what would change that', async () => {
    const api = anApi();
    held(api, { runningJobs: 10, nodes: 10 });
    const answer = await explained(api, await submitted(api));
    expect(answer).toMatchObject({
      code: 'LimitReached', message: 'The deployment holds 10 of 10 running jobs.',
      figures: [{ place: { kind: 'deployment' }, amount: 'runningJobs', limit: 10, used: 10, asked: 1 }],
    });
    expect(answer.hints).toContain('It may start when jobs of the deployment have given back 1 running job.');
  });

  it('does not count what has ended, though the scheduler has not counted it yet', async () => {
    const api = anApi();
    const [ended, id] = [await submitted(api), await submitted(api)];
    await move(api, ended);
    held(api, { runningJobs: 10, nodes: 10 });
    const job = await api.get(ended);
    if (job.hold === undefined) throw new Error('it holds nothing');
    const { nodes, vcpus, gpus, microUsdPerHour } = job.demand;
    const amounts = { nodes, vcpus, gpus, microUsdPerHour };
    api.table.releases.set('note', { jobId: job.jobId, namespace: 'vision', user: 'bob', attempt: 1, amounts, hold: job.hold, atMs: api.clock.now(), costMicroUsd: microUsd(0), cause: 3 });
    expect((await explained(api, id)).code).toBe('Starts');
  });

  it('is a pause, by whom and why', async () => {
    const api = anApi();
    api.table.pauses.set('queue', { scope: { kind: 'queue' }, by: 'ops', reason: 'price spike', atMs: api.clock.now() });
    expect(await explained(api, await submitted(api))).toMatchObject({ code: 'Paused', message: 'ops has paused the queue: price spike' });
  });

  it('is that launches are in flight; those that have their machines do not count', async () => {
    const api = anApi();
    share(api, { maxLaunchesInFlight: 1 });
    const [first, second] = [await submitted(api), await submitted(api)];
    await api.jobs.commit(admit(await api.get(first), {}, api.clock.now()));
    api.table.lease = { ...api.table.lease, launching: [jobId(first)] };
    expect(await explained(api, second)).toMatchObject({ code: 'LaunchesInFlight' });
    const configuring = enter(await api.get(first), undefined, ['CONFIGURING'], undefined, api.clock.now());
    if (configuring !== undefined) await api.jobs.commit(configuring);
    expect(await explained(api, second)).toMatchObject({ code: 'Starts' });
  });

  it('is over at a time, where all that runs is known: it starts then at the latest', async () => {
    const api = anApi();
    share(api, { limits: { nodes: 5 } });
    const [running, next] = [await submitted(api), await submitted(api)];
    api.clock.advance(1000);
    const last = await submitted(api);
    await move(api, running);
    const { demand, hold, namespace, user } = await api.get(running);
    const { nodes, vcpus, gpus, microUsdPerHour } = demand;
    const base = usageBase(api.clock.now(), defaultShareTree.halfLifeSeconds * 1000);
    api.table.uses.set('ada', { namespace, user, runningJobs: 1, nodes, vcpus, gpus, microUsdPerHour, quotas: {}, usage: 0, ...base });
    const firstOfAll = await explained(api, next);
    expect(firstOfAll).toMatchObject({ code: 'LimitReached', startsBy: isoTime(hold?.endsByMs ?? epochMs(0)) });
    const equal = await explained(api, last);
    expect(equal).toMatchObject({ code: 'LimitReached', message: expect.stringContaining(`Job ${next} of the same user, which asks for the same, comes before it.`) });
    expect(equal.startsBy).toBeUndefined();
  });

  it('tells its place among its user’s jobs, its band and when that rises', async () => {
    const api = anApi();
    held(api, { runningJobs: 10, nodes: 10 });
    await submitted(api);
    api.clock.advance(1000);
    const { place } = await explained(api, await submitted(api));
    expect(place).toEqual({ priority: 500, band: 5, bandRisesAt: isoTime(epochMs(api.clock.now() + AGEING_MS)), ownJobsBefore: 1, isExact: true });
  });

  it('tells how its shares stand, from the deployment down', async () => {
    const api = anApi();
    held(api, { runningJobs: 1, usage: 1000 });
    share(api, { namespaces: [aNamespace('research', { weight: 3 })] });
    const { shares = [] } = await explained(api, await submitted(api));
    expect(shares.map(({ kind, name, pending, usedPart, entitledPart }) => [kind, name, pending, usedPart, entitledPart])).toEqual([
      ['deployment', undefined, 1, 1, 1], ['namespace', 'research', 1, 0, 0.75], ['user', 'alice', 1, 0, 1],
    ]);
  });

  it('is what cools, where that is all that it may be launched as', async () => {
    const api = anApi();
    const untilMs = epochMs(api.clock.now() + 60_000);
    const cooldown = { scope: { kind: 'account', region: 'us-east-1' }, code: 'RequestLimitExceeded', failures: 1, sinceMs: api.clock.now(), untilMs } as const;
    api.table.cooldowns.set('account', cooldown);
    expect(await explained(api, await submitted(api))).toMatchObject({
      code: 'CoolingDown', until: isoTime(untilMs), cooling: [{ scope: 'account/us-east-1', code: 'RequestLimitExceeded', until: isoTime(untilMs) }],
    });
  });

  it('says until when, once the scheduler has noted that there is room for it and nothing else', async () => {
    const api = anApi();
    const id = await submitted(api);
    const { lane, shape, namespace, user, timeoutSeconds = 0 } = queueEntryOf(await api.get(id));
    expect(await explained(api, id)).not.toHaveProperty('givenUpAt');
    api.clock.advance(90_000);
    const sinceMs = api.clock.now();
    for (const [key, known] of api.table.lanes) api.table.lanes.set(key, { ...known, heldSince: { [shape]: sinceMs } });
    const givenUpAt = isoTime(epochMs(sinceMs + timeoutSeconds * 1000));
    expect(await explained(api, id)).toMatchObject({ namespace, user, givenUpAt });
    expect((await api.call('getQueue', {})).body.jobs).toMatchObject([{ jobId: id, givenUpAt }]);
    expect(lane).toHaveLength(1);
    // Nothing happens then to an entry of an earlier release.
    for (const { timeoutSeconds: _none, ...entry } of api.table.queue.values()) api.table.queue.set(entry.jobId, entry);
    expect(await explained(api, id)).not.toHaveProperty('givenUpAt');
    expect((await api.call('getQueue', {})).body.jobs).not.toMatchObject([{ givenUpAt }]);
  });

  it('does not say until when, while what is held back shares a place without room', async () => {
    const api = anApi();
    const id = await submitted(api);
    const { shape } = queueEntryOf(await api.get(id));
    const sinceMs = api.clock.now();
    for (const [key, known] of api.table.lanes) api.table.lanes.set(key, { ...known, heldSince: { [shape]: sinceMs } });
    api.table.room = { closed: ['* deployment'], openSince: {} };
    expect(await explained(api, id)).not.toHaveProperty('givenUpAt');
    api.table.room = { closed: [], openSince: { '* deployment': epochMs(sinceMs + 1000) } };
    const { timeoutSeconds = 0 } = queueEntryOf(await api.get(id));
    expect(await explained(api, id)).toMatchObject({ givenUpAt: isoTime(epochMs(sinceMs + 1000 + timeoutSeconds * 1000)) });
  });

  it('is that another one finds out, where what cooled is over since a moment', async () => {
    const api = anApi();
    const first = await submitted(api);
    api.clock.advance(1000);
    const second = await submitted(api);
    const { demand: { pools } } = await api.get(first);
    for (const { types, markets } of pools) {
      for (const offering of types.flatMap((instanceType) => markets.flatMap((market) => ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => ({ instanceType, zone, market }))))) {
        const untilMs = epochMs(api.clock.now() - 1);
        api.table.cooldowns.set(offeringKey(offering), { scope: { kind: 'offering', offering }, code: 'InsufficientInstanceCapacity', failures: 1, sinceMs: epochMs(untilMs - 20_000), untilMs });
      }
    }
    expect(await explained(api, first)).toMatchObject({ code: 'Starts' });
    const answer = await explained(api, second);
    expect(answer).toMatchObject({ code: 'BeingProbed' });
    expect(answer).not.toHaveProperty('cooling');
  });
});

describe('why a parked job waits', () => {
  const parkedUntil = async (api: Api, ms: number) => {
    const id = await submitted(api);
    await api.jobs.commit(admit(await api.get(id), {}, api.clock.now()));
    await api.jobs.commit(park(await api.get(id), 'token', epochMs(api.clock.now() + ms), 'No Spot in any zone', api.clock.now()));
    return id;
  };

  it('is what it found, until something may be tried again', async () => {
    const api = anApi();
    const id = await parkedUntil(api, 60_000);
    const answer = await explained(api, id);
    expect(answer).toMatchObject({ state: 'ACQUIRING_CAPACITY', code: 'Parked', message: expect.stringContaining('No Spot in any zone. It holds no limits'), until: isoTime(epochMs(api.clock.now() + 60_000)) });
    expect(answer.givenUpAt).toBe(isoTime(capacityDeadline(await api.get(id))));
  });

  it('is what holds others too, once it is due', async () => {
    const api = anApi();
    const id = await parkedUntil(api, 0);
    expect(await explained(api, id)).toMatchObject({ code: 'Starts' });
    held(api, { runningJobs: 10 });
    expect(await explained(api, id)).toMatchObject({ code: 'LimitReached' });
  });

  it('is that it looks for machines, once it has its turn', async () => {
    const api = anApi();
    const id = await parkedUntil(api, 0);
    const entry = await api.jobs.parked(jobId(id));
    if (entry === undefined) throw new Error('not parked');
    await api.jobs.commit(giveTurn(await api.get(id), entry, {}, api.clock.now()));
    expect(await explained(api, id)).toMatchObject({ code: 'LookingForMachines' });
  });
});

describe('what a job does that has left the queue', () => {
  const node: Node = {
    name: 'head-0', rank: 0, pool: 'head', instanceId: 'i-1' as Node['instanceId'], instanceType: 'm6i.large', zone: 'us-east-1a', market: 'on-demand',
    address: '10.0.0.4', launchedAtMs: epochMs(0), microUsdPerHour: microUsd(96_000),
  };

  it('is to look for machines, and how many it has', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id);
    const launch = { jobId: jobId(id), attempt: 1, ordinal: 1, pool: 'head', count: 1, minimum: 1, market: 'on-demand', instanceTypes: ['m6i.large'], zones: ['us-east-1a'], clientToken: 't', requestedAtMs: api.clock.now() } as const;
    await api.attempts.openLaunch(launch);
    await api.attempts.closeLaunch({ ...launch, result: { launched: [node], unavailable: [] } });
    expect((await explained(api, id)).message).toMatch(/^It looks for machines: it has 1 of \d+ nodes?\.$/);
  });

  it('is to wait for its nodes, then for a step, by name', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING');
    expect(await explained(api, id)).toMatchObject({ code: 'NodesComingUp' });
    const step = { jobId: jobId(id), attempt: 1, step: 'configure/0', name: 'Mount data', ranks: 'all', last: false, sends: 1, startedAtMs: api.clock.now() } as const;
    await api.attempts.beginStep(step);
    await api.attempts.putWait({ jobId: jobId(id), namespace: 'research', attempt: 1, token: 't', purpose: 'step', step: 'configure/0', sinceMs: api.clock.now() });
    expect(await explained(api, id)).toMatchObject({ code: 'StepRuns', message: expect.stringContaining('Its step Mount data (configure/0) runs on all nodes since ') });
    await api.attempts.updateStep({ ...step, finishedAtMs: api.clock.now() });
    expect(await explained(api, id)).toMatchObject({ code: 'NodesComingUp' });
  });

  it('is to wait for its release, and what ends it', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'RUNNING');
    await api.attempts.putWait({ jobId: jobId(id), namespace: 'research', attempt: 1, token: 't', purpose: 'release', sinceMs: api.clock.now() });
    expect(await explained(api, id)).toMatchObject({ code: 'AwaitingRelease', hints: ['orch release ends it as succeeded.'] });
  });

  it('is to tear down, and how many machines are not known to be gone', async () => {
    const api = anApi();
    const id = await submitted(api);
    await move(api, id, 'CONFIGURING', 'RUNNING', 'SUCCEEDED', 'POST_RUN', 'DESTROYING');
    await api.attempts.putNodes(jobId(id), 1, [node, { ...node, rank: 1, goneAtMs: api.clock.now() }]);
    expect(await explained(api, id)).toMatchObject({ code: 'TearingDown', message: expect.stringContaining('1 of 2 are not known to be gone') });
  });

  it('is nothing, once it has ended', async () => {
    const api = anApi();
    const id = await submitted(api);
    await api.call('cancelJob', { params: { jobId: id } });
    expect(await explained(api, id)).toMatchObject({ state: 'DONE', outcome: 'CANCELLED', code: 'Ended', message: expect.stringContaining('Its outcome is CANCELLED') });
  });

  it('is told in the job’s namespace only', async () => {
    const api = anApi();
    const id = await submitted(api);
    expect(await api.call('explainJob', { params: { namespace: 'vision', jobId: id } })).toMatchObject({ status: 404, body: { type: 'urn:orchestrator:problem:job-not-found' } });
  });
});
