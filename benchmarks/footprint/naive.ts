import { itemSize } from '../../test/contract/store/item-size.ts';
import { writeUnits } from '../../test/contract/store/unit-meter.ts';
import type { ReferenceRun } from './reference-job.ts';
import type { Units } from './units.ts';

const LOOK_SECONDS = 15;
/** Wait, Task and Choice: a look in a loop of the state machine. */
const TRANSITIONS_A_LOOK = 3;

/**
 * The same job as it is often built: an item a node, written when it is launched, when it is online, when it has done a
 * step and when it is gone; a transaction of job and event for each event; all nodes read for each step; Step Functions
 * looking every 15 seconds. A comparison, made from the items of the run, not a measurement.
 */
export function naiveFootprint({ job, events, nodes, sent }: ReferenceRun): Units & { readonly transitions: number } {
  const perNode = nodes.reduce((sum, node) => sum + writeUnits(undefined, { ...node }, 1), 0);
  const answers = sent.reduce((sum, { step }) => sum + (step.ranks === 'all' ? nodes.length : 1), 0);
  const perEvent = events.reduce((sum, event) => sum + writeUnits(undefined, { ...event }, 2) + writeUnits(undefined, { ...job }, 2), 0);
  const allNodes = Math.ceil(nodes.reduce((sum, node) => sum + itemSize(node), 0) / 4_096);
  const lastedSeconds = ((job.endedAtMs ?? job.updatedAtMs) - (job.firstAdmittedAtMs ?? job.submittedAtMs)) / 1_000;
  return {
    writeUnits: 3 * perNode + answers + perEvent,
    readUnits: events.length + sent.length * allNodes,
    transitions: TRANSITIONS_A_LOOK * Math.ceil(lastedSeconds / LOOK_SECONDS),
  };
}
