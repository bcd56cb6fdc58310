import { Entity, item, map, number, string } from 'dynamodb-toolbox';
import { microUsd, type EpochMs, type JobId, type MicroUsd } from '../../../core/job/ids.ts';
import type { Amounts, Demand, Hold, QuotaKey } from '../../../core/job/job.ts';
import type { LimitRelease, ParkedEntry, QueueEntry } from '../../../core/lifecycle/change.ts';
import type { ActiveLane, HeldSince, LaneReasons, ShareUse } from '../../../core/scheduling/snapshot.ts';
import { quotaKeys } from '../../../core/shares/quota-keys.ts';
import { as, bare, type AttributesOf, type ToolboxTable } from './toolbox-table.ts';
import { keys } from './keys.ts';

/** As it is stored. */
type StoredUse = Omit<ShareUse, 'quotas' | 'microUsdPerHour'> & Readonly<Partial<Record<QuotaKey, number>>> & { readonly microUsdPerHour: number };

const leaf = { namespace: string().key(), user: string().key() };
const lane = { ...leaf, lane: string().key() };

const amount = number().optional();
/** Attributes of their own: a number inside of a map cannot be added to before the map is there. */
const quotaAttributes: Record<QuotaKey, typeof amount> = Object.fromEntries(quotaKeys.map((key) => [key, amount]));

/** What waits, and what is held. */
export function queueEntities(table: ToolboxTable) {
  const waiting = {
    // What came last has short names: a cycle reads a lane's first entries within one unit.
    shape: string(), demand: as<Demand>(), holdSeconds: as<number>().optional(), timeoutSeconds: as<number>().savedAs('t').optional(), queuedAtMs: as<EpochMs>().savedAs('q').optional(),
  };
  return {
    queued: new Entity({
      ...bare, name: 'queued', table, computeKey: keys.queued,
      schema: item({
        ...lane, jobId: as<JobId>().key(), priority: number().key(), submittedAtMs: as<EpochMs>().key(), ...waiting,
      } satisfies AttributesOf<QueueEntry>),
    }),
    parked: new Entity({
      ...bare, name: 'parked', table, computeKey: ({ jobId }) => keys.parked(jobId),
      schema: item({
        jobId: as<JobId>().key(), namespace: string(), user: string(), lane: string(), priority: number(), submittedAtMs: as<EpochMs>(), ...waiting,
        attempt: number(), token: string(), sinceMs: as<EpochMs>(), untilMs: as<EpochMs>(), waitsFor: as<readonly string[]>().optional(), byClock: as<true>().optional(), hold: as<Hold>().optional(),
      } satisfies AttributesOf<ParkedEntry>),
    }),
    lane: new Entity({
      ...bare, name: 'lane', table, computeKey: keys.lane,
      schema: item({
        ...lane, pending: number(), enteredAtMs: as<EpochMs>(), heldSince: as<HeldSince>().optional(),
        reasons: as<LaneReasons>().optional(), started: map({ atMs: as<EpochMs>(), rank: number() }).optional(),
        /** Of the lease under which the lane was written last; schedulers of earlier ones change it no more. */
        epoch: number().optional(),
      } satisfies AttributesOf<ActiveLane & { epoch: number }>),
    }),
    share: new Entity({
      ...bare, name: 'share', table, computeKey: keys.share,
      schema: item({
        ...leaf, runningJobs: number(), nodes: number(), vcpus: number(), gpus: number(), microUsdPerHour: number(), usage: number(),
        landmarkMs: as<EpochMs>(), halfLifeMs: number(), ...quotaAttributes,
      } satisfies AttributesOf<Omit<ShareUse, 'quotas'>>),
    }),
    release: new Entity({
      ...bare, name: 'release', table, computeKey: keys.release,
      schema: item({
        jobId: as<JobId>().key(), attempt: number().key(), cause: number().key(), namespace: string(), user: string(), amounts: as<Amounts>(), hold: as<Hold>(),
        atMs: as<EpochMs>(), costMicroUsd: as<MicroUsd>(),
      } satisfies AttributesOf<LimitRelease>),
    }),
  };
}

export function useItem({ quotas, ...use }: ShareUse): StoredUse {
  return { ...use, ...quotas };
}

/** The inverse of `useItem`. */
export function useOf(stored: StoredUse): ShareUse {
  const { namespace, user, runningJobs, nodes, vcpus, gpus, usage, landmarkMs, halfLifeMs } = stored;
  const held = quotaKeys.flatMap((key) => (stored[key] === undefined ? [] : [[key, stored[key]] as const]));
  const microUsdPerHour = microUsd(stored.microUsdPerHour);
  return { namespace, user, runningJobs, nodes, vcpus, gpus, microUsdPerHour, quotas: Object.fromEntries(held), usage, landmarkMs, halfLifeMs };
}
