import type { CauseText } from '../cause.ts';
import { capacityCauses } from './capacity-causes.ts';
import { endingCauses } from './ending-causes.ts';
import { nodeCauses } from './node-causes.ts';
import { slurmCauses } from './slurm-causes.ts';
import { stepCauses } from './step-causes.ts';
import { waitingCauses } from './waiting-causes.ts';

/** Every cause that a diagnosis may name, by its code, in groups. */
export const causeGroups = [
  { title: 'In the queue', causes: waitingCauses },
  { title: 'Machines that cannot be had', causes: capacityCauses },
  { title: 'Machines', causes: nodeCauses },
  { title: 'Steps', causes: stepCauses },
  { title: 'Slurm', causes: slurmCauses },
  { title: 'Ends, and jobs with which nothing is amiss', causes: endingCauses },
] as const satisfies readonly { readonly title: string; readonly causes: Readonly<Record<string, CauseText>> }[];

const all = { ...waitingCauses, ...capacityCauses, ...nodeCauses, ...stepCauses, ...slurmCauses, ...endingCauses };

/** Code of a cause: for programs. */
export type CauseCode = keyof typeof all;

/** What is said of each cause. */
export const causes: Readonly<Record<CauseCode, CauseText>> = all;

const isCause = (text: string): text is CauseCode => Object.hasOwn(all, text);

export const causeCodes: readonly CauseCode[] = Object.keys(all).filter(isCause);
