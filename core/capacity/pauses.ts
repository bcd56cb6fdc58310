import { epochMs } from '../job/ids.ts';
import type { Pause, PauseScope } from '../queue/pause.ts';
import type { Cooldown, CooldownScope } from './offering.ts';
import { scopeKey } from './offering.ts';

/** The last second of the year 9999: somebody ends a pause, not the time. */
const END_OF_TIME = epochMs(253_402_300_799_000);

type MarketPauseScope = Extract<PauseScope, { readonly kind: 'market' | 'offering' }>;

/** A pause of a market or an offering. */
export type MarketPause = Pause & { readonly scope: MarketPauseScope };

/** The scope among the cooldowns that a market or an offering is paused by. */
export function cooldownScopeOf(scope: MarketPauseScope): CooldownScope {
  if (scope.kind === 'market') return { kind: 'pausedMarket', market: scope.market };
  const { instanceType, zone, market } = scope;
  return { kind: 'pausedOffering', offering: { instanceType, zone, market } };
}

/** A pause as the cooldown that it is kept as: whoever heeds cooldowns heeds it. */
export function cooldownOf({ scope, by, reason, atMs }: MarketPause): Cooldown {
  return { scope: cooldownScopeOf(scope), code: 'Paused', failures: 0, sinceMs: atMs, untilMs: END_OF_TIME, pausedBy: { by, reason } };
}

/** The pause that a cooldown is; `undefined` for what launches have taught. */
export function pauseOf({ scope, sinceMs, pausedBy }: Cooldown): MarketPause | undefined {
  if (pausedBy === undefined) return undefined;
  const pause = { ...pausedBy, atMs: sinceMs };
  switch (scope.kind) {
    case 'pausedMarket':
      return { ...pause, scope: { kind: 'market', market: scope.market } };
    case 'pausedOffering':
      return { ...pause, scope: { kind: 'offering', ...scope.offering } };
    default:
      return undefined;
  }
}

/** How a paused scope is called. */
export function pausedScopeText(scope: MarketPauseScope): string {
  return scope.kind === 'market' ? `market ${scope.market}` : `offering ${scope.instanceType}/${scope.zone}/${scope.market}`;
}

/** A cooldown for people: who paused what and why, or the key of what EC2 has refused. */
export function cooldownText(cooldown: Cooldown): string {
  const pause = pauseOf(cooldown);
  return pause === undefined ? scopeKey(cooldown.scope) : `${pause.by} has paused ${pausedScopeText(pause.scope)}: ${pause.reason}`;
}
