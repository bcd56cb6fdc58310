import * as z from 'zod';
import { commandWord, environment, printableText, scriptText, wholeNumber } from './fields.ts';
import { isRecord, report } from './problems.ts';

/** Longest bound there is: as long as a job itself may be told to live, 30 days. */
export const MAX_STEP_TIMEOUT_SECONDS = 30 * 24 * 3600;
/** Bound of a set-up or post-run step that names none. */
const DEFAULT_HOOK_TIMEOUT_SECONDS = 3600;
const MAX_STEPS_PER_PHASE = 50;

const writtenStep = (defaultTimeoutSeconds: number) =>
  z
    .strictObject({
      name: printableText(128).meta({ description: 'What the step is called in logs and events: one line of any text.' }),
      script: z.exactOptional(scriptText()).meta({
        description: 'A script, run by its `#!` line or else by `/bin/bash`; at most 64 KiB. Exactly one of `script` and `image`.',
      }),
      image: z.exactOptional(printableText(255).regex(/^\S+$/u, { error: 'must not contain spaces' })).meta({
        description: 'A container image: an alias of the deployment, or a reference as it stands. Exactly one of `script` and `image`.',
      }),
      command: z.exactOptional(z.array(commandWord()).min(1).max(256)).meta({
        description: 'Replaces the entrypoint of the image, word by word; no shell reads it. Without it the image runs as it was made to.',
      }),
      timeoutSeconds: wholeNumber(1, MAX_STEP_TIMEOUT_SECONDS).default(defaultTimeoutSeconds).meta({
        description: 'How long the step may take before it is stopped and counts as failed.',
      }),
      env: environment().default({}).meta({ description: 'Environment variables of the step. `ORCH_*` and `TRACEPARENT` are set by the orchestrator.' }),
    })
    .meta({ oneOf: [{ required: ['script'] }, { required: ['image'] }] })
    .superRefine(checkStep, { when: ({ value }) => isRecord(value) });

/** Rules between the fields of a step; it reads what may have failed its own checks, so that all is said at once. */
function checkStep(step: object, ctx: z.core.$RefinementCtx): void {
  const hasScript = Object.hasOwn(step, 'script');
  const hasImage = Object.hasOwn(step, 'image');
  if (hasScript && hasImage) {
    report(ctx, { code: 'conflict', path: ['image'], message: 'a step has either a script or an image, not both' });
  }
  if (!hasScript && !hasImage) {
    report(ctx, { code: 'missing', path: [], message: 'a step needs a script or an image' });
  }
  if (Object.hasOwn(step, 'command') && !hasImage) {
    report(ctx, { code: 'conflict', path: ['command'], message: 'only an image has a command; write a script instead' });
  }
}

/** A step that is a script. */
type ScriptStep = {
  readonly kind: 'script';
  readonly name: string;
  readonly script: string;
  readonly timeoutSeconds: number;
  readonly env: Readonly<Record<string, string>>;
};

/** A step that is a container image, with the words that replace its entrypoint. */
type ImageStep = {
  readonly kind: 'image';
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly timeoutSeconds: number;
  readonly env: Readonly<Record<string, string>>;
};

export type Step = ScriptStep | ImageStep;

function toStep({ name, script, image, command, timeoutSeconds, env }: z.output<ReturnType<typeof writtenStep>>): Step {
  if (script !== undefined) return { kind: 'script', name, script, timeoutSeconds, env };
  return { kind: 'image', name, image: image ?? '', ...(command === undefined ? {} : { command }), timeoutSeconds, env };
}

const steps = (defaultTimeoutSeconds: number) =>
  z
    .array(writtenStep(defaultTimeoutSeconds).transform(toStep))
    .max(MAX_STEPS_PER_PHASE)
    .superRefine(checkDistinctNames, { when: ({ value }) => Array.isArray(value) })
    .default([]);

function checkDistinctNames(phase: readonly unknown[], ctx: z.core.$RefinementCtx): void {
  const seen = new Set<unknown>();
  for (const [index, step] of phase.entries()) {
    const name = isRecord(step) ? step['name'] : undefined;
    if (typeof name === 'string' && seen.has(name)) {
      report(ctx, { code: 'conflict', path: [index, 'name'], message: 'another step of this phase has the same name' });
    }
    seen.add(name);
  }
}

/** The user's own steps, by the phase of the lifecycle that they run in. */
export const hooksSchema = z.strictObject({
  onConfigure: steps(DEFAULT_HOOK_TIMEOUT_SECONDS).meta({ description: 'Run on all nodes, in order, before the job.' }),
  onRun: steps(MAX_STEP_TIMEOUT_SECONDS).meta({
    description: 'The job itself: run on the head node, in order. Without any, and without a script at submission, the cluster is interactive.',
  }),
  onPostRun: steps(DEFAULT_HOOK_TIMEOUT_SECONDS).meta({ description: 'Run on the head node after the job, whether it succeeded or not.' }),
});
