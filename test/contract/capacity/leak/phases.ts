/** Where a process that looks for machines, or gives them back, can be when it is killed. */
export const phases = [
  'before anything is written',
  'choosing a launch',
  'writing the launch',
  'between the record and the call',
  'during the call',
  'between the call and the record of its answer',
  'writing the answer',
  'between two launches',
  'waiting to see the machines',
  'striking off a dead machine',
  'whole, and nobody knows',
  'short, and nobody knows',
  'stopped, and nobody knows',
  'failed, and nobody knows',
  'marking as given up',
  'marked as given up, not yet ended',
  'ending what was given up',
  'seeing the given up go',
  'finishing a giving up',
  'ending what is replaced',
  'release: before anything is done',
  'release: asking once more for a lost answer',
  'release: writing that answer',
  'release: looking for machines',
  'release: ending machines',
  'release: seeing them go',
  'release: gone, and nobody knows',
] as const;

export type Phase = (typeof phases)[number];

/**
 * When a process dies: on the `nth` time that it enters the phase (or any phase), so many milliseconds after. 0: before
 * it does anything in that phase. One whose work is done before it comes to that dies then, before it tells.
 */
export interface Death {
  readonly on: Phase | 'any';
  readonly nth: number;
  readonly afterMs: number;
  /** It does not die but stands still, until it is woken. */
  readonly stalls?: true;
}
