import type { EpochMs, JobId } from '../job/ids.ts';
import { epochMs } from '../job/ids.ts';
import type { CooldownStore } from '../ports/capacity-provider.ts';
import type { Clock } from '../ports/clock.ts';
import { isHalfOpen } from './half-open.ts';
import type { PlannedLaunch } from './gang.ts';
import type { MarketView } from './market-view.ts';
import type { Cooldown } from './offering.ts';
import { offeringKey } from './offering.ts';

/** Longer than a launch call takes. A job that dies while it probes holds the others back for so long. */
const PROBE_MS = 30_000;

/**
 * The probes of one job. Whether an offering is back after its cooldown is found out by one job for all: it prolongs the
 * cooldown before its call, so that to the others the offering goes on cooling until the call is answered.
 */
export class Probes {
  readonly #jobId: JobId;
  readonly #ports: { readonly cooldowns: CooldownStore; readonly clock: Clock };

  constructor(jobId: JobId, ports: { readonly cooldowns: CooldownStore; readonly clock: Clock }) {
    this.#jobId = jobId;
    this.#ports = ports;
  }

  /** Claims what a launch would probe. `false`: another job was faster somewhere, which a new view of the market shows. */
  async claim(launch: PlannedLaunch, view: MarketView): Promise<boolean> {
    const { cooldowns, clock } = this.#ports;
    const open = endedFor(launch, view, clock.now()).filter(({ probedBy }) => probedBy !== this.#jobId);
    const claim = { untilMs: epochMs(clock.now() + PROBE_MS), probedBy: this.#jobId };
    const won = await Promise.all(open.map(async (cooldown) => cooldowns.replace(cooldown, { ...cooldown, ...claim })));
    return won.every((isOurs) => isOurs);
  }

  /** The market as this job sees it: what it probes itself cools no more. */
  ownView(view: MarketView): MarketView {
    const cooldowns = view.cooldowns.map((cooldown) => (cooldown.probedBy === this.#jobId ? { ...cooldown, untilMs: cooldown.sinceMs } : cooldown));
    return { ...view, cooldowns };
  }
}

/** Cooldowns of offerings that ended a short while ago, of launches as large as this one. */
function endedFor({ instanceTypes, zones, market, minimum }: PlannedLaunch, { cooldowns, asksEarly = false }: MarketView, nowMs: EpochMs): Cooldown[] {
  const offerings = new Set(zones.flatMap((zone) => instanceTypes.map((instanceType) => offeringKey({ instanceType, zone, market }))));
  const isAsked = ({ scope, atLeast = 1 }: Cooldown): boolean => scope.kind === 'offering' && offerings.has(offeringKey(scope.offering)) && minimum >= atLeast;
  return cooldowns.filter((cooldown) => isAsked(cooldown) && isHalfOpen(cooldown, nowMs, asksEarly));
}
