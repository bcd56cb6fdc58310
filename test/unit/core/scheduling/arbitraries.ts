import fc from 'fast-check';
import { scopeKey, type Cooldown } from '../../../../core/capacity/offering.ts';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import type { Market, QuotaKey } from '../../../../core/job/job.ts';
import type { QueueEntry } from '../../../../core/lifecycle/change.ts';
import type { Holder } from '../../../../core/scheduling/snapshot.ts';
import type { NamespaceShare, Share, ShareAmounts, ShareTree } from '../../../../core/shares/share-tree.ts';
import { aGroup, aHolder, aNamespace, aParkedJob, aShareTree, aWaitingJob, hours, NOW, type JobSketch, type SnapshotSketch } from '../../../builders/scheduling.ts';

/** `stray` is in no tree. */
const NAMESPACES = ['lattice', 'plasma', 'folding', 'stray'] as const;
const markets: readonly (readonly Market[])[] = [['on-demand'], ['spot'], ['spot', 'on-demand']];
const quotaKeys: readonly QuotaKey[] = ['Standard/spot', 'Standard/on-demand', 'P/on-demand'];

const aBound = fc.option(fc.integer({ min: 1, max: 6 }).map((count) => count * 1800), { nil: undefined, freq: 5 });

const onePool = fc.record({
  namespace: fc.constantFrom(...NAMESPACES),
  user: fc.constantFrom('ada', 'bob', 'Ünal'),
  priority: fc.constantFrom(0, 300, 350, 500, 1000),
  submittedAtMs: fc.nat({ max: 5 }).map((quarters) => epochMs(NOW - hours(quarters / 4))),
  nodes: fc.integer({ min: 1, max: 4 }),
  vcpus: fc.constantFrom(1, 4, 8),
  gpus: fc.constantFrom(0, 0, 1),
  types: fc.constantFrom(['m6i.large'], ['p4d.24xlarge'], ['m6i.large', 'p4d.24xlarge']),
  markets: fc.constantFrom(...markets),
  holdSeconds: aBound,
});

/** A second pool beside the first: a head node, say. */
const aPool = fc.record({ nodes: fc.integer({ min: 1, max: 2 }), vcpus: fc.constantFrom(1, 4), types: fc.constant(['m6i.large']), markets: fc.constantFrom(...markets) });

export const aSketch: fc.Arbitrary<JobSketch> = fc.tuple(onePool, fc.option(aPool, { nil: undefined })).map(([sketch, second]) => {
  if (second === undefined) return sketch;
  const { nodes, vcpus, types, markets: first } = sketch;
  return { ...sketch, nodes: nodes + second.nodes, vcpus: vcpus + second.vcpus, pools: [{ nodes, vcpus, types, markets: first }, second] };
});

/** Jobs with numbers for ids, so that counter-examples read well. */
const someJobs = (maxLength: number): fc.Arbitrary<QueueEntry[]> =>
  fc.array(aSketch, { maxLength }).map((sketches) => sketches.map((sketch, i) => aWaitingJob(`job${String(i).padStart(2, '0')}`, sketch)));

/** Jobs that hold limits and what they hold of quotas; some are overdue, some have no bound. */
const someHolders: fc.Arbitrary<Holder[]> = fc
  .array(fc.tuple(aSketch, fc.option(fc.integer({ min: -1, max: 6 }), { nil: undefined }), fc.subarray([...quotaKeys], { maxLength: 1 })), { maxLength: 8 })
  .map((jobs) =>
    jobs.map(([sketch, halfHours, keys], i) => {
      const holder = aHolder(`holder${i}`, { ...sketch, endsByMs: halfHours === undefined ? undefined : epochMs(NOW + hours(halfHours / 2)) });
      return { ...holder, hold: { ...holder.hold, quotas: Object.fromEntries(keys.map((key) => [key, holder.amounts.vcpus])) } };
    }),
  );

/** Few amounts, small, so that they are short often. */
const someAmounts = (least: number, most: number): fc.Arbitrary<ShareAmounts> =>
  fc.record(
    { runningJobs: fc.integer({ min: least, max: most }), nodes: fc.integer({ min: least, max: 2 * most }), vcpus: fc.integer({ min: least, max: 6 * most }), gpus: fc.integer({ min: least, max: most }) },
    { requiredKeys: [] },
  );

const aWeight = fc.constantFrom(0.5, 1, 2, 10);
const someShare = fc.record({ weight: aWeight, limits: someAmounts(0, 8), guarantee: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: someAmounts(0, 4) }), lend: fc.boolean() });

/** Any valid tree over organisations, groups in them, namespaces and users. */
export const aTree: fc.Arbitrary<ShareTree> = fc
  .record({
    limits: someAmounts(2, 12),
    quotas: fc.dictionary(fc.constantFrom(...quotaKeys), fc.integer({ min: 0, max: 24 }), { noNullPrototype: true }),
    maxLaunchesInFlight: fc.constantFrom(2, 10, 1000),
    organisation: someShare,
    group: someShare,
    parents: fc.tuple(...(['lattice', 'plasma', 'folding'] as const).map(() => fc.constantFrom(undefined, 'organisation', 'group'))),
    namespaces: fc.tuple(someShare, someShare, someShare),
    user: fc.record({ weight: aWeight, limits: someAmounts(0, 6) }),
    defaultUser: fc.record({ weight: aWeight, limits: someAmounts(0, 6) }),
  })
  .map(({ organisation, group, namespaces, parents, user, defaultUser, ...rest }) =>
    withRoomForGuarantees(
      aShareTree({
        ...rest,
        groups: [aGroup('group', { ...group, parent: 'organisation' }), aGroup('organisation', organisation)],
        namespaces: namespaces.map((share, i) => {
          const parent = parents[i];
          return aNamespace(NAMESPACES[i] ?? '', { ...share, users: { ada: user }, defaultUser, ...(parent === undefined ? {} : { parent }) });
        }),
      }),
    ),
  );

/** Raises limits under what is guaranteed there, as a tree has to be that is applied. */
function withRoomForGuarantees(tree: ShareTree): ShareTree {
  const shares: readonly Share[] = [...tree.groups, ...tree.namespaces];
  const floor = (name: keyof ShareAmounts, share: Share): number => Math.max(share.guarantee[name] ?? 0, under(name, share.name));
  const under = (name: keyof ShareAmounts, parent: string | undefined): number =>
    shares.filter((share) => share.parent === parent).reduce((sum, share) => sum + floor(name, share), 0);
  const raised = (limits: ShareAmounts, atLeast: (name: keyof ShareAmounts) => number): ShareAmounts =>
    Object.fromEntries(amountNames.flatMap((name) => (limits[name] === undefined ? [] : [[name, Math.max(limits[name], atLeast(name))]])));
  const ofShare = <S extends Share>(share: S): S => ({ ...share, limits: raised(share.limits, (name) => floor(name, share)) });
  return { ...tree, limits: raised(tree.limits, (name) => under(name, undefined)), groups: tree.groups.map(ofShare), namespaces: tree.namespaces.map((share): NamespaceShare => ofShare(share)) };
}

export const amountNames = ['runningJobs', 'nodes', 'vcpus', 'gpus', 'microUsdPerHour'] as const satisfies readonly (keyof ShareAmounts)[];

/** Cooldowns that are on, that ended a short while or long ago, and what somebody finds out about; some had nobody ask for long. */
const someCooldowns: fc.Arbitrary<Cooldown[]> = fc.uniqueArray(
  fc.record({
    offering: fc.record({ instanceType: fc.constantFrom('m6i.large', 'p4d.24xlarge'), zone: fc.constantFrom('us-east-1a', 'us-east-1b'), market: fc.constantFrom('spot' as const, 'on-demand' as const) }),
    sinceMs: fc.constantFrom(30, 130, 200).map((seconds) => epochMs(NOW - 1000 * seconds)),
    untilMs: fc.constantFrom(-700, -1, 1, 90).map((seconds) => epochMs(NOW + 1000 * seconds)),
    isProbed: fc.boolean(),
  }).map(({ offering, sinceMs, untilMs, isProbed }): Cooldown => ({
    scope: { kind: 'offering', offering }, code: 'InsufficientInstanceCapacity', failures: 1, sinceMs, untilMs, ...(isProbed && sinceMs < NOW - 60_000 ? { probedBy: jobId('prober') } : {}),
  })),
  { maxLength: 8, selector: ({ scope }) => scopeKey(scope) },
);

/** A moment of a deployment: jobs that hold limits, that wait, and that are parked. */
export const aMoment: fc.Arbitrary<SnapshotSketch & { readonly waiting: readonly QueueEntry[]; readonly holders: readonly Holder[] }> = fc
  .record({ jobs: someJobs(16), holders: someHolders, launching: fc.nat({ max: 3 }), parkedOnes: fc.nat({ max: 4 }), cooldowns: fc.oneof(fc.constant([]), someCooldowns) })
  .map(({ jobs, holders, launching, parkedOnes, cooldowns }) => ({
    waiting: jobs.slice(parkedOnes),
    parked: jobs.slice(0, parkedOnes).map((entry, i) => ({ ...aParkedJob(entry.jobId), ...entry, sinceMs: epochMs(NOW - (i % 3 === 0 ? 30_000 : 150_000)), untilMs: epochMs(i % 2 === 0 ? NOW : NOW + 1000) })),
    holders,
    launching,
    cooldowns,
  }));
