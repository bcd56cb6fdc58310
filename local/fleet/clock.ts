/**
 * Time in the simulated fleet. The market, boots and notices run `speed` times faster than the wall;
 * what clients read (launch times, events) is wall time.
 */
export interface FleetClock {
  /** Wall time, milliseconds since the epoch. */
  nowMs(): number;
  /** How long `fleetSeconds` of the fleet last on the wall, in milliseconds. */
  wallMs(fleetSeconds: number): number;
  /** Seconds of fleet time since `sinceMs` (wall time). */
  fleetSecondsSince(sinceMs: number): number;
  /** Calls `run` once, at `atMs` wall time or as soon as it is past; the answer cancels it. */
  at(atMs: number, run: () => void): () => void;
}

/** Node's timers count in 32 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of this machine, with a fleet that runs `speed` times faster. */
export function systemClock(speed: number): FleetClock {
  return {
    nowMs: () => Date.now(),
    wallMs: (fleetSeconds) => (fleetSeconds * 1000) / speed,
    fleetSecondsSince: (sinceMs) => ((Date.now() - sinceMs) / 1000) * speed,
    at: (atMs, run) => {
      let timer = arm();
      function arm(): NodeJS.Timeout {
        const left = Math.max(0, atMs - Date.now());
        return left > LONGEST_TIMER_MS
          ? setTimeout(() => (timer = arm()), LONGEST_TIMER_MS)
          : setTimeout(run, left);
      }
      return () => clearTimeout(timer);
    },
  };
}
