import type { Step } from '../manifest/steps.ts';
import { MAX_STEP_TIMEOUT_SECONDS } from '../manifest/steps.ts';
import type { NodeAction, UnplacedStep } from './node-step.ts';

/** A step of the manifest for the nodes. The longest limit there is means none: the TTL bounds the step then. */
export function userStep(step: Step, ranks: 'all' | 'head'): UnplacedStep {
  const limited = step.timeoutSeconds < MAX_STEP_TIMEOUT_SECONDS;
  return {
    name: step.name,
    ranks,
    action: actionOf(step),
    env: step.env,
    ...(limited ? { timeoutSeconds: step.timeoutSeconds } : {}),
    system: false,
  };
}

function actionOf(step: Step): NodeAction {
  if (step.kind === 'script') return { kind: 'script', script: step.script };
  return { kind: 'image', image: step.image, ...(step.command === undefined ? {} : { command: step.command }) };
}
