import type { JobState } from './states.ts';

/**
 * The states that lead from `state` to DESTROYING when an execution died and can do nothing more for its job but
 * tear down. Empty where the job is there already, or past it.
 */
export function teardownPath(state: JobState): readonly JobState[] {
  switch (state) {
    case 'ACQUIRING_CAPACITY':
    case 'CONFIGURATION_FAILED':
    case 'POST_RUN_FAILED':
      return ['DESTROYING'];
    case 'CONFIGURING':
      return ['CONFIGURATION_FAILED', 'DESTROYING'];
    case 'RUNNING':
      return ['RUN_FAILED', 'POST_RUN', 'POST_RUN_FAILED', 'DESTROYING'];
    case 'SUCCEEDED':
    case 'RUN_FAILED':
      return ['POST_RUN', 'POST_RUN_FAILED', 'DESTROYING'];
    case 'POST_RUN':
      return ['POST_RUN_FAILED', 'DESTROYING'];
    case 'PENDING':
    case 'DESTROYING':
    case 'DESTRUCTION_FAILED':
    case 'PROVISIONING_FAILED':
    case 'DONE':
      return [];
  }
}
