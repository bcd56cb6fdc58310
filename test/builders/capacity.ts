import type { GangRequest, PoolRequest } from '../../core/capacity/gang.ts';
import type { Deployment } from '../../core/deployment/deployment.ts';
import { epochMs, jobId } from '../../core/job/ids.ts';
import type { EpochMs } from '../../core/job/ids.ts';
import type { InstanceTypeFacts } from '../../core/ports/capacity-provider.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { FailureLog } from '../../core/ports/event-log.ts';

export const ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c'] as const;

/** A pool of one worker type; a test names what it is about. */
export function aPool(fields: Partial<PoolRequest> = {}): PoolRequest {
  return { pool: 'workers', count: 4, instanceTypes: ['c6i.large'], purchaseOption: 'SpotPreferred', mix: 'Any', efa: false, ...fields };
}

export function aGang(fields: Partial<GangRequest> = {}): GangRequest {
  return {
    jobId: jobId('01hjob0000000000000000000a'),
    attempt: 1,
    namespace: 'research',
    labels: {},
    region: 'us-east-1',
    zones: [],
    spread: 'Prefer',
    pools: [aPool()],
    ...fields,
  };
}

export function someFacts(instanceType: string, fields: Partial<InstanceTypeFacts> = {}): InstanceTypeFacts {
  return { instanceType, vcpus: 2, memoryMiB: 4096, gpus: 0, architecture: 'x86_64', efa: false, zones: [...ZONES], microUsdPerHour: 90_000, ...fields };
}

/** A deployment over three zones with quick intervals. */
export function aDeployment(fields: Partial<Deployment> = {}): Deployment {
  return {
    name: 'test',
    region: 'us-east-1',
    table: 'table',
    stepBucket: 'steps',
    stepDocument: 'document',
    jobLogGroup: 'jobs',
    stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:lifecycle',
    eventBus: 'bus',
    subnets: Object.fromEntries(ZONES.map((zone) => [zone, `subnet-${zone.slice(-1)}`])),
    imageAliases: {},
    machineImages: {},
    slurmSubstitutes: {},
    namespaces: { '*': { launchTemplates: { x86_64: 'lt-x86', arm64: 'lt-arm' } } },
    limits: { maxRunningJobs: 10, maxNodesPerJob: 1000, maxReplacementsPerAttempt: 3 },
    intervals: {
      nodeOnlineTimeout: 300, nodePoll: 1, cooldownBase: 30, cooldownMaximum: 600, destroyWait: 10, orphanGrace: 600, unansweredAfter: 120, schedulerLease: 30,
    },
    capacity: { spotAdvisorFeed: 'https://advisor.example/feed.json', placementScoresPerDay: 3 },
    telemetry: { traces: true, collector: 'none', nodeMetrics: false, programMetrics: false, installCollector: false, logBytesPerAttempt: 2 ** 30 },
    ...fields,
  };
}

/** A clock that moves when it is told to. */
export class ManualClock implements Clock {
  #nowMs = epochMs(1_700_000_000_000);

  now(): EpochMs {
    return this.#nowMs;
  }

  advance(ms: number): void {
    this.#nowMs = epochMs(this.#nowMs + ms);
  }
}

export const silentLog: FailureLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
