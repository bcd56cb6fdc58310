import type { FleetClock } from '../clock.ts';
import type { Collection } from '../store.ts';
import { changeScenario, parseScenario } from './scenario.ts';
import type { MarketChange, Scenario } from './scenario.ts';

/** What is remembered of a market: its rules as changed since, and when it opened (wall time). */
export interface MarketRecord {
  readonly openedAtMs: number;
  readonly scenario: Scenario;
}

const KEY = 'market';

/** The market as it runs: the scenario, the changes made to it, and its time. */
export class RunningMarket {
  readonly #records: Collection<MarketRecord>;
  readonly #clock: FleetClock;
  #listener: () => void = () => {};

  /** Continues the recorded market, or opens one with `scenario`. */
  constructor(records: Collection<MarketRecord>, clock: FleetClock, scenario: Scenario) {
    this.#records = records;
    this.#clock = clock;
    const recorded = records.get(KEY);
    // Parsed again: a market that was recorded before scenarios had a field takes its default.
    records.put(KEY, recorded === undefined ? { openedAtMs: clock.nowMs(), scenario } : { ...recorded, scenario: parseScenario(recorded.scenario) });
  }

  get scenario(): Scenario {
    return this.#record().scenario;
  }

  /** Seconds of fleet time since the market opened. */
  seconds(): number {
    return this.#clock.fleetSecondsSince(this.#record().openedAtMs);
  }

  /** The wall time of a moment of fleet time. */
  wallTimeMs(seconds: number): number {
    return this.#record().openedAtMs + this.#clock.wallMs(seconds);
  }

  /** Merges a change and says so to the listener. */
  change(change: MarketChange): Scenario {
    const { openedAtMs, scenario } = this.#record();
    const changed = changeScenario(scenario, change);
    this.#records.put(KEY, { openedAtMs, scenario: changed });
    this.#listener();
    return changed;
  }

  /** Opens the market anew, at time 0. */
  reopen(scenario: Scenario): void {
    this.#records.put(KEY, { openedAtMs: this.#clock.nowMs(), scenario });
    this.#listener();
  }

  /** Calls `listener` after every change; there is one listener. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  #record(): MarketRecord {
    const record = this.#records.get(KEY);
    if (record === undefined) {
      throw new Error('The market was not opened');
    }
    return record;
  }
}
