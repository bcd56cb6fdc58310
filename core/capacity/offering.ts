import type { Market } from '../job/job.ts';
import type { EpochMs, JobId } from '../job/ids.ts';

/** The unit of capacity knowledge. */
export interface Offering {
  readonly instanceType: string;
  readonly zone: string;
  readonly market: Market;
}

/** What a cooldown covers: the scope of the error that caused it, or what an operator holds back. */
export type CooldownScope =
  | { readonly kind: 'offering'; readonly offering: Offering }
  | { readonly kind: 'subnet'; readonly subnetId: string; readonly zone: string }
  | { readonly kind: 'quota'; readonly family: string; readonly region: string; readonly market: Market }
  | { readonly kind: 'account'; readonly region: string }
  /** Scopes of their own, so that no launch has a say in them. */
  | { readonly kind: 'pausedMarket'; readonly market: Market }
  | { readonly kind: 'pausedOffering'; readonly offering: Offering };

/** A scope that is not tried before `untilMs`; shared by all jobs, expires by time on read. */
export interface Cooldown {
  readonly scope: CooldownScope;
  /** The EC2 error code, or `Paused`. */
  readonly code: string;
  /** Launches of fewer machines than this are not held back; absent: every launch is. */
  readonly atLeast?: number;
  /** How often in a row: the wait doubles with each, up to ten minutes. */
  readonly failures: number;
  readonly sinceMs: EpochMs;
  readonly untilMs: EpochMs;
  /** The job that finds out for all whether capacity is back: for it alone the scope cools no more. */
  readonly probedBy?: JobId;
  /** Who holds the scope back, and why: until somebody resumes it, `untilMs` is but the end of time. */
  readonly pausedBy?: { readonly by: string; readonly reason: string };
}

/** A stable string for an offering. */
export function offeringKey(offering: Offering): string {
  return `${offering.instanceType}/${offering.zone}/${offering.market}`;
}

/** A stable string for a scope: the key of its item, and how it reads in logs. */
export function scopeKey(scope: CooldownScope): string {
  switch (scope.kind) {
    case 'offering':
      return `offering/${offeringKey(scope.offering)}`;
    case 'subnet':
      return `subnet/${scope.zone}/${scope.subnetId}`;
    case 'quota':
      return `quota/${scope.region}/${scope.family}/${scope.market}`;
    case 'account':
      return `account/${scope.region}`;
    case 'pausedMarket':
      return `paused/market/${scope.market}`;
    case 'pausedOffering':
      return `paused/offering/${offeringKey(scope.offering)}`;
  }
}
