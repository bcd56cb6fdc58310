import type { JobState } from './states.ts';

/** One arrow of the lifecycle. `because` is shown in the documentation and in `orch events`. */
export interface Transition {
  readonly from: JobState;
  readonly to: JobState;
  readonly because: string;
}

/**
 * The lifecycle, once: the store's conditions, the state machine, the documentation's diagram and the tests are
 * checked against this table. The two arrows back to PENDING start a new attempt in the transaction that ends the
 * old one, so that nobody sees a job ended that is not.
 */
export const transitions = [
  { from: 'PENDING', to: 'ACQUIRING_CAPACITY', because: 'admitted by the scheduler' },
  { from: 'PENDING', to: 'DONE', because: 'cancelled while it waited, or held back for want of capacity for its whole time' },
  { from: 'ACQUIRING_CAPACITY', to: 'CONFIGURING', because: 'the whole gang is launched' },
  { from: 'ACQUIRING_CAPACITY', to: 'PROVISIONING_FAILED', because: 'no capacity in time, or the launch was rejected; nothing is left running' },
  { from: 'ACQUIRING_CAPACITY', to: 'DESTROYING', because: 'cancelled, or what was launched is not yet verified gone' },
  { from: 'ACQUIRING_CAPACITY', to: 'PENDING', because: 'a new attempt by the retry policy' },
  { from: 'CONFIGURING', to: 'RUNNING', because: 'every node is configured' },
  { from: 'CONFIGURING', to: 'CONFIGURATION_FAILED', because: 'a hook failed, a node was lost or never came up, or the TTL is over' },
  { from: 'CONFIGURING', to: 'DESTROYING', because: 'cancelled' },
  { from: 'CONFIGURATION_FAILED', to: 'DESTROYING', because: 'teardown' },
  { from: 'RUNNING', to: 'SUCCEEDED', because: 'the job exited with 0, or the cluster was released' },
  { from: 'RUNNING', to: 'RUN_FAILED', because: 'the job failed, was cancelled, lost a node, or its TTL is over' },
  { from: 'SUCCEEDED', to: 'POST_RUN', because: 'post-run hooks' },
  { from: 'RUN_FAILED', to: 'POST_RUN', because: 'post-run hooks' },
  { from: 'POST_RUN', to: 'DESTROYING', because: 'teardown' },
  { from: 'POST_RUN', to: 'POST_RUN_FAILED', because: 'a post-run hook failed' },
  { from: 'POST_RUN_FAILED', to: 'DESTROYING', because: 'teardown' },
  { from: 'DESTROYING', to: 'DONE', because: 'every instance is verified gone' },
  { from: 'DESTROYING', to: 'DESTRUCTION_FAILED', because: 'an instance is still there; the reconciler goes on' },
  { from: 'DESTROYING', to: 'PENDING', because: 'a new attempt by the retry policy' },
] as const satisfies readonly Transition[];

/** Whether the table has this arrow. */
export function isAllowed(from: JobState, to: JobState): boolean {
  return transitions.some((t) => t.from === from && t.to === to);
}

/** Whether a path of states, starting at its first, follows arrows only. */
export function isPath(path: readonly JobState[]): boolean {
  return path.every((to, i) => {
    const from = path[i - 1];
    return from === undefined || isAllowed(from, to);
  });
}
