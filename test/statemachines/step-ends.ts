import type { StepDispatch } from '../../core/ports/node-commands.ts';
import type { UnitEnd } from '../fakes/in-memory-node-commands.ts';

const well: UnitEnd = { status: 'exited', exitCode: 0, tail: '' };

/** Every step ends well but the one of that name, which fails. */
export const failing = (name: string, exitCode = 3) => ({ step }: StepDispatch): UnitEnd => (step.name === name ? { status: 'exited', exitCode, tail: 'boom' } : well);

/** Every step ends well but the one of that name, which never ends by itself. */
export const hanging = (name: string) => ({ step }: StepDispatch): UnitEnd => (step.name === name ? { status: 'running' } : well);
