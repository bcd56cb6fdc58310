import fc from 'fast-check';
import type { PoolRequest } from '../../../../core/capacity/gang.ts';
import type { FaultRequest } from '../../../../local/fleet/faults.ts';
import { aPool } from '../../../builders/capacity.ts';
import type { Death, Phase } from './phases.ts';
import { phases } from './phases.ts';

/** A fault of the fleet before it is known whose. */
type Mishap = FaultRequest & { readonly count: number };

/** A life of a job, as the seed has it. */
export interface Life {
  /** Nothing cools when it begins. */
  readonly afresh: boolean;
  readonly pools: readonly PoolRequest[];
  readonly spread: 'Single' | 'Prefer' | 'Any';
  /** Free machines of each offering of the lane, by its index. */
  readonly supply: readonly number[];
  /** How long new machines stay out of sight. */
  readonly visibleAfterMs: number;
  readonly mishaps: readonly Mishap[];
  /** How the processes die that seek its machines, one after the other. */
  readonly deaths: readonly (Death | { readonly afterMs: number })[];
  readonly fate: 'lives' | 'loses a node' | 'is cancelled' | 'is cancelled on the way' | 'is cancelled when nobody seeks' | 'runs out of time';
  /** How the processes die that replace its node, or give its machines back. */
  readonly laterDeaths: readonly (Death | { readonly afterMs: number })[];
  /** On the way: before the launch of this number. */
  readonly stoppedAt: number;
}

type AnyDeath = Life['deaths'][number];

/** At once, or in the middle of what the phase does. */
const afterMs = fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 20);
const inPhase = (among: readonly Phase[]): fc.Arbitrary<AnyDeath> => fc.record({ on: fc.constantFrom(...among), nth: fc.constantFrom(1, 1, 1, 1, 2), afterMs });
/** Phases that are over in no time. */
const atTheStartOf = (...among: readonly Phase[]): fc.Arbitrary<AnyDeath> => fc.record({ on: fc.constantFrom(...among), nth: fc.constant(1), afterMs: fc.constant(0) });
/** Its launch is written, and made only when it wakes. */
const stall: fc.Arbitrary<AnyDeath> = fc.constant({ on: 'between the record and the call', nth: 1, afterMs: 0, stalls: true });
const atAnyLine = (last: number): fc.Arbitrary<AnyDeath> => fc.record({ on: fc.constant('any' as const), nth: fc.integer({ min: 1, max: last }), afterMs });
const atAnyTime: fc.Arbitrary<AnyDeath> = fc.record({ afterMs: fc.integer({ min: 30, max: 900 }) });

const ofRelease = phases.filter((phase) => phase.startsWith('release'));
/** Of giving machines back, or of replacing one. */
const laterDeath = fc.oneof(
  { weight: 3, arbitrary: inPhase(ofRelease) },
  { weight: 2, arbitrary: atAnyLine(6) },
  { weight: 1, arbitrary: atAnyTime },
);
const mishaps: readonly Mishap[] = [
  { kind: 'throttle', action: 'CreateFleet', count: 1 },
  { kind: 'throttle', action: 'CreateFleet', count: 3 },
  { kind: 'throttle', action: 'DescribeInstances', count: 3 },
  { kind: 'throttle', action: 'TerminateInstances', count: 2 },
  { kind: 'fail', action: 'CreateFleet', code: 'InternalError', message: 'Injected', status: 500, count: 2 },
  { kind: 'launchThenFail', how: 'drop', count: 1 },
  { kind: 'launchThenFail', how: 'error', count: 2 },
  { kind: 'slowAnswer', action: 'CreateFleet', milliseconds: 40, count: 2 },
  { kind: 'slowAnswer', action: 'CreateFleet', milliseconds: 250, count: 1 },
  { kind: 'slowAnswer', action: 'TerminateInstances', milliseconds: 60, count: 1 },
  { kind: 'instanceDies', afterSeconds: 0, count: 1 },
];

/** Deaths, and what must be so that there is something to die at. */
interface Scene {
  readonly deaths: fc.Arbitrary<readonly AnyDeath[]>;
  readonly laterDeaths?: fc.Arbitrary<readonly AnyDeath[]>;
  readonly of?: (life: Life) => Partial<Life>;
}

const one = (death: fc.Arbitrary<AnyDeath>): fc.Arbitrary<readonly AnyDeath[]> => fc.tuple(death);
const times = (count: number, scene: Scene): readonly Scene[] => Array.from({ length: count }, () => scene);

/** Part of a gang is there, and not all of it. */
const scarce = ({ supply, pools: [first] }: Life): Partial<Life> => ({
  afresh: true,
  mishaps: [],
  fate: 'lives',
  spread: 'Prefer',
  supply: supply.map(() => 1),
  pools: [aPool({ ...first, count: supply.length, mix: 'Any', purchaseOption: 'Spot' })],
});
const losesAMachine = (): Partial<Life> => ({ afresh: true, mishaps: [{ kind: 'instanceDies', afterSeconds: 0, count: 1 }] });
const losesANode = (): Partial<Life> => ({ afresh: true, mishaps: [], fate: 'loses a node' });
const isGivenUpOn = (): Partial<Life> => ({ afresh: true, mishaps: [], fate: 'is cancelled when nobody seeks' });

const ofLaunch = ['between the record and the call', 'during the call', 'between the call and the record of its answer'] as const;

/** Taken in turn, so that each kind of death is tried often. */
const scenes: readonly Scene[] = [
  ...times(7, { deaths: one(atAnyLine(14)) }),
  ...times(2, { deaths: fc.array(atAnyLine(12), { minLength: 2, maxLength: 3 }) }),
  ...times(2, { deaths: one(atAnyTime) }),
  ...[...ofLaunch, 'writing the answer' as const].map((phase) => ({ deaths: one(inPhase([phase])) })),
  ...(['marking as given up', 'marked as given up, not yet ended', 'ending what was given up', 'seeing the given up go'] as const).map((phase) => ({ deaths: one(atTheStartOf(phase)), of: scarce })),
  { deaths: fc.tuple(atTheStartOf('marked as given up, not yet ended', 'seeing the given up go'), inPhase(['finishing a giving up'])), of: scarce },
  ...times(3, { deaths: one(atTheStartOf('striking off a dead machine')), of: losesAMachine }),
  ...times(2, { deaths: one(inPhase(['waiting to see the machines'])) }),
  { deaths: one(atAnyLine(14)), laterDeaths: one(atTheStartOf('ending what is replaced')), of: losesANode },
  ...times(2, { deaths: fc.tuple(atTheStartOf('choosing a launch'), stall), of: isGivenUpOn }),
  ...ofRelease.map((phase) => ({ deaths: one(atTheStartOf(...ofLaunch)), laterDeaths: one(atTheStartOf(phase)), of: isGivenUpOn })),
];

/** Where a life is lived: types of the lane, and how many offerings it has of them, by zone and market. */
interface Place {
  readonly types: readonly string[];
  readonly offerings: number;
}

/** So many lives, one after the other; the first has the scene of this number. */
export function someLives(place: Place, count: number, firstScene: number): fc.Arbitrary<readonly Life[]> {
  const lives = Array.from({ length: count }, (_, index) => aLife(place, scenes[(firstScene + index) % scenes.length] ?? { deaths: fc.constant([]) }));
  return fc.noBias(fc.tuple(...lives));
}

function aLife({ types, offerings }: Place, scene: Scene): fc.Arbitrary<Life> {
  const pool = fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    instanceTypes: fc.shuffledSubarray([...types], { minLength: 1 }),
    purchaseOption: fc.constantFrom('OnDemand' as const, 'Spot' as const, 'SpotPreferred' as const, 'SpotPreferred' as const),
    mix: fc.constantFrom('Any' as const, 'Any' as const, 'Same' as const),
  });
  const free = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 5, arbitrary: fc.integer({ min: 1, max: 3 }) }, { weight: 1, arbitrary: fc.integer({ min: 4, max: 8 }) });
  const life = fc.record({
    afresh: fc.boolean(),
    pools: fc.array(pool, { minLength: 1, maxLength: 2 }).map((pools) => pools.map((fields, index) => aPool({ ...fields, pool: `pool-${index}` }))),
    spread: fc.constantFrom('Single' as const, 'Prefer' as const, 'Any' as const),
    supply: fc.array(free, { minLength: offerings, maxLength: offerings }),
    visibleAfterMs: fc.integer({ min: 0, max: 400 }),
    mishaps: fc.subarray([...mishaps], { maxLength: 2 }),
    deaths: fc.constant([]),
    fate: fc.constantFrom('lives' as const, 'lives' as const, 'loses a node' as const, 'is cancelled' as const, 'is cancelled on the way' as const, 'runs out of time' as const),
    laterDeaths: fc.oneof(fc.constant([]), one(laterDeath)),
    stoppedAt: fc.integer({ min: 1, max: 4 }),
  });
  return fc
    .tuple(life, scene.deaths, scene.laterDeaths ?? fc.constant(undefined))
    .map(([drawn, deaths, laterDeaths = drawn.laterDeaths]) => ({ ...drawn, deaths, laterDeaths, ...scene.of?.(drawn) }));
}
