import { InvalidRequestError } from '../../../core/errors/orchestrator-error.ts';
import { stepPorts } from '../../composition/step-ports.ts';
import { tokenTaskHandler } from '../token-task-handler.ts';
import { runStep } from './run-step.ts';

export const handler = tokenTaskHandler(async (input) => {
  const { phase, step } = input;
  if (phase === undefined || step === undefined) throw new InvalidRequestError('A step task needs its phase and its number.');
  await runStep(stepPorts, { ...input, phase, step });
});
