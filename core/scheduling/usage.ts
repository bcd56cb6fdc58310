import type { LimitRelease } from '../lifecycle/change.ts';
import { epochMs, type EpochMs } from '../job/ids.ts';
import type { ShareUse, UsageBase } from './snapshot.ts';

const MS_PER_HOUR = 3_600_000;
/** Weights double with each half-life: the landmark moves on before they outgrow what a number holds. */
const HALF_LIVES_PER_LANDMARK = 64;

/**
 * The base that usage is kept against at `nowMs`.
 *
 * Usage is what was spent at list price, each moment of it weighted by how long ago it is: half as much after each
 * half-life. It is kept by forward decay (Cormode, Shkapenyuk, Srivastava, Xu: "Forward Decay: A Practical Time Decay
 * Model for Streaming Systems", ICDE 2009): a moment t weighs 2^((t − landmark) / halfLife), which never changes again,
 * so nothing is ever swept, and the ratio of two sums at one landmark is that of the decayed usages at any time.
 *
 * What runs goes on being used. Let G be the integral of the weight; a job that holds rate r from a to b uses
 * r·(G(b) − G(a)). So −r·G(a) is added when it starts and +r·G(b) when it ends, and in between the usage at t is the sum
 * plus (rate held now)·G(t): exact, with one number a leaf and two writes a job, which are made anyway.
 */
export function usageBase(nowMs: EpochMs, halfLifeMs: number): UsageBase {
  const periodMs = HALF_LIVES_PER_LANDMARK * halfLifeMs;
  return { landmarkMs: epochMs(Math.floor(nowMs / periodMs) * periodMs), halfLifeMs };
}

/** The weight of a moment. */
const weightAt = (atMs: number, { landmarkMs, halfLifeMs }: UsageBase): number => 2 ** ((atMs - landmarkMs) / halfLifeMs);

/** The integral of the weight up to `atMs`, in hours. */
const accumulated = (atMs: number, base: UsageBase): number => (base.halfLifeMs / MS_PER_HOUR / Math.LN2) * weightAt(atMs, base);

/** What is added to a leaf's usage when a job starts to hold. */
export function chargeForStart(microUsdPerHour: number, nowMs: EpochMs, base: UsageBase): number {
  return -microUsdPerHour * accumulated(nowMs, base);
}

/**
 * What is added when it gives its limits back: while it held them it counted at the highest price it might have had,
 * from now on as what its machines cost.
 */
export function chargeForRelease({ amounts, hold, atMs, costMicroUsd }: Pick<LimitRelease, 'amounts' | 'hold' | 'atMs' | 'costMicroUsd'>, base: UsageBase): number {
  const heldMs = Math.max(atMs - hold.sinceMs, 1);
  const began = accumulated(hold.sinceMs, base);
  const rate = costMicroUsd / (heldMs / MS_PER_HOUR);
  return amounts.microUsdPerHour * began + rate * (accumulated(hold.sinceMs + heldMs, base) - began);
}

/** A leaf's usage, by `base`, as it will be at `atMs` if what it holds goes on until then. */
export function usageAt(use: ShareUse, atMs: EpochMs, base: UsageBase): number {
  // Rounding may leave a hair less than nothing.
  return Math.max(0, rebase(use, atMs, base) + use.microUsdPerHour * accumulated(atMs, base));
}

/** The same in micro-dollars of `atMs`: what was used a half-life ago is half as much. */
export function decayedUsageAt(use: ShareUse, atMs: EpochMs, base: UsageBase): number {
  return usageAt(use, atMs, base) / weightAt(atMs, base);
}

/** By how much holding `microUsdPerHour` from `fromMs` to `toMs` raises usage. */
export function usageBetween(microUsdPerHour: number, fromMs: number, toMs: number, base: UsageBase): number {
  return microUsdPerHour * (accumulated(toMs, base) - accumulated(fromMs, base));
}

/** A leaf's stored usage against another base. With another half-life, what was used until `nowMs` is kept as it weighs then. */
export function rebase(use: ShareUse, nowMs: EpochMs, base: UsageBase): number {
  if (use.halfLifeMs === base.halfLifeMs) return use.usage * weightAt(use.landmarkMs, base);
  const worth = (use.usage + use.microUsdPerHour * accumulated(nowMs, use)) / weightAt(nowMs, use);
  return worth * weightAt(nowMs, base) - use.microUsdPerHour * accumulated(nowMs, base);
}

/** The leaves whose usage is kept against another base, as they are to be stored. */
export function rebased(uses: readonly ShareUse[], nowMs: EpochMs, base: UsageBase): readonly ShareUse[] {
  return uses
    .filter((use) => use.halfLifeMs !== base.halfLifeMs || use.landmarkMs !== base.landmarkMs)
    .map((use) => ({ ...use, ...base, usage: rebase(use, nowMs, base) }));
}
