import type { Phase } from '../lifecycle/task.ts';

/** A step as it goes to the nodes. */
export interface NodeStep {
  readonly phase: Phase;
  readonly index: number;
  readonly name: string;
  readonly ranks: 'all' | 'head';
  readonly action:
    | { readonly kind: 'script'; readonly script: string }
    | { readonly kind: 'image'; readonly image: string; readonly command?: readonly string[] };
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** Steps of the orchestrator itself (shared folder, Slurm set-up) are told apart from the user's in history and logs. */
  readonly system: boolean;
}

/** `<phase>/<index>`: the key of a step within its attempt. */
export const stepKey = (phase: Phase, index: number): string => `${phase}/${index}`;
