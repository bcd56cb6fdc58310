import type { Deployment } from '../deployment/deployment.ts';
import { DependencyThrottledError } from '../errors/orchestrator-error.ts';
import type { InstanceId } from '../job/ids.ts';
import type { CooldownStore, InstanceCatalogue } from '../ports/capacity-provider.ts';
import type { Clock } from '../ports/clock.ts';
import type { FailureLog } from '../ports/event-log.ts';
import type { MarketKnowledge } from '../ports/market-knowledge.ts';
import type { AttemptStore } from '../ports/job-store.ts';
import type { LaunchRequest, Machines } from '../ports/machines.ts';
import type { CooldownPolicy } from './cooldown.ts';
import { learn, nextCooldown } from './cooldown.ts';
import type { GangRequest, LaunchOutcome, LaunchRecord, PlannedLaunch } from './gang.ts';
import type { LaunchLedger } from './launch-ledger.ts';
import type { MarketView } from './market-view.ts';
import { scopeKey } from './offering.ts';
import { isOfManifest, LAUNCH_REFUSED, menderOf } from './refused-launch.ts';
import { unavailableOutcome } from './unavailable-outcome.ts';

export interface CapacityPorts {
  /** Whose machines they are, as the log says it; absent: the default provider's. */
  readonly provider?: string;
  readonly machines: Machines;
  readonly attempts: AttemptStore;
  readonly cooldowns: CooldownStore;
  readonly catalogue: InstanceCatalogue;
  readonly knowledge: MarketKnowledge;
  readonly clock: Clock;
  readonly deployment: Deployment;
  readonly log: FailureLog;
}

/**
 * Writes the launch, makes its call, and keeps the answer and what it teaches. Answers the record as it is then. One for
 * which something is lacking beside machines is written as answered: there is no call whose answer could be lost.
 */
export async function makeLaunch(gang: GangRequest, planned: PlannedLaunch, ledger: LaunchLedger, view: MarketView, ports: CapacityPorts): Promise<LaunchRecord> {
  const request = await heedingThrottles(view, ports, () => ports.machines.request(gang, planned));
  const record: LaunchRecord = {
    ...planned,
    requestedAtMs: ports.clock.now(),
    ...(request.kind === 'request' ? { request: request.request } : { result: outcomeWithoutCall(planned, request) }),
  };
  const image = gang.pools.find(({ pool }) => pool === planned.pool)?.image;
  if (record.result) await remember(record, record.result, view, ports, image);
  await ledger.open(record);
  return record.result ? record : settle(record, ledger, view, ports, image);
}

function outcomeWithoutCall(launch: PlannedLaunch, { kind, code, message }: Exclude<LaunchRequest, { readonly kind: 'request' }>): LaunchOutcome {
  return kind === 'lacking' ? unavailableOutcome(launch, code, message) : { launched: [], unavailable: [], rejected: { code, message } };
}

/**
 * Makes the call of a record whose answer is not known. Throttling proves nothing: an earlier try of the same call may
 * have launched. So the record stays open, and whoever comes next asks again with the same token.
 *
 * @param image of the pool, as its manifest says it, where the asker knows
 */
export async function settle(record: LaunchRecord, ledger: LaunchLedger, view: MarketView, ports: CapacityPorts, image?: string): Promise<LaunchRecord> {
  return heedingThrottles(view, ports, async () => {
    const outcome = await ports.machines.launch(record);
    await remember(record, outcome, view, ports, image);
    return ledger.close(record, outcome, ports.clock.now());
  });
}

async function heedingThrottles<T>(view: MarketView, ports: CapacityPorts, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DependencyThrottledError) await coolAccount(error, view, ports);
    throw error;
  }
}

/** Cooldowns before the record: after a crash in between the call is made again and teaches the same once more. */
async function remember(record: LaunchRecord, outcome: LaunchOutcome, view: MarketView, ports: CapacityPorts, image?: string): Promise<void> {
  const { cooldowns, clock, deployment, log } = ports;
  const lesson = learn(record, outcome, view, cooldownPolicy(deployment), clock.now());
  if (lesson.cool.length > 0) await cooldowns.record(lesson.cool);
  if (lesson.clear.length > 0) await cooldowns.clear(lesson.clear);
  const { jobId, attempt, ordinal, pool, market, zones, instanceTypes, count } = record;
  log.info('Launch answered', {
    jobId, attempt, ordinal, pool, market, zones, instanceTypes, count,
    launched: outcome.launched.length,
    unavailable: outcome.unavailable.map(({ offering, code }) => ({ ...offering, code })),
    ...(outcome.requestId ? { ec2RequestId: outcome.requestId } : {}),
    ...(outcome.rejected ? { rejected: outcome.rejected } : {}),
  });
  if (outcome.rejected) logRefusal(record, outcome.rejected, ports, image);
}

/** An error where the job fails for what operators have to mend. */
function logRefusal({ jobId, attempt, ordinal, pool, market, reservations }: PlannedLaunch, rejected: NonNullable<LaunchOutcome['rejected']>, { log, provider }: Pick<CapacityPorts, 'log' | 'provider'>, image?: string): void {
  const launch = { jobId, attempt, ordinal, pool, rejected, ...(provider === undefined ? {} : { provider }) };
  switch (menderOf({ market, theirs: isOfManifest(image, rejected.code) })) {
    case 'reservations':
      return log.warn('Reservations cannot be used', { ...launch, reservations });
    case 'manifest':
      return log.warn('The image of a manifest cannot be used', { ...launch, image });
    case 'operators':
      return log.error(LAUNCH_REFUSED, launch);
  }
}

/** Under the name that the cloud gave it, for a limit of the account is another matter than too many calls. */
async function coolAccount({ details: { code } }: DependencyThrottledError, view: MarketView, { cooldowns, clock, deployment }: CapacityPorts): Promise<void> {
  const scope = { kind: 'account', region: view.region } as const;
  const known = view.cooldowns.find((cooldown) => scopeKey(cooldown.scope) === scopeKey(scope));
  const failure = { scope, code: typeof code === 'string' ? code : 'RequestLimitExceeded', atLeast: 1 };
  await cooldowns.record([nextCooldown(failure, known, cooldownPolicy(deployment), clock.now())]);
}

export function cooldownPolicy({ intervals }: Deployment): CooldownPolicy {
  return { baseMs: intervals.cooldownBase * 1000, maximumMs: intervals.cooldownMaximum * 1000 };
}

/** Whether two launches replace the very same instances; launches of the gang itself replace none. */
export function replaceTheSame(launch: LaunchRecord, replaced: readonly InstanceId[]): boolean {
  const own = launch.replaces ?? [];
  return own.length === replaced.length && own.every((id) => replaced.includes(id));
}
