import { microUsd, type EpochMs, type MicroUsd } from './ids.ts';
import type { Node } from './job.ts';

const msPerHour = 3_600_000;

/** List-price cost of nodes from launch until they were gone, or until `nowMs`. EC2 bills Linux by the second, 60 at least. */
export function costOf(nodes: readonly Node[], nowMs: EpochMs): MicroUsd {
  return microUsd(
    nodes.reduce((sum, node) => {
      const ms = Math.max(60_000, (node.goneAtMs ?? nowMs) - node.launchedAtMs);
      return sum + Math.round((node.microUsdPerHour * ms) / msPerHour);
    }, 0),
  );
}
