/** One measurement: which scheduler, on what. */
export interface Scenario {
  readonly scheduler: 'ours' | 'baseline';
  /** `fill`: 32,000 slots to give. `idle`: nothing can start. */
  readonly cycle: 'fill' | 'idle';
  /** Whether all jobs are alike, or no two. */
  readonly shapes: 'equal' | 'different';
  readonly waiting: number;
  readonly leaves: number;
  /** Of an idle cycle, why nothing can start: every slot is taken, or slots are left and nodes for none of the jobs. */
  readonly room?: 'none' | 'tooLittle';
}

/** What was measured. Of a cycle, from the queue's windows to the plan. */
export interface Run extends Scenario {
  readonly startsPerSecond?: number;
  readonly cycleP50Ms: number;
  readonly cycleP99Ms: number;
  readonly cycles: number;
  /** The most memory that the process had, the waiting jobs included. */
  readonly rssMiB: number;
}

/** Slots to give, and held by an idle deployment. */
export const SLOTS = 32_000;

const depths = [10_000, 100_000, 1_000_000] as const;
const breadths = [100, 1000] as const;

/** The baseline's idle cycle looks, for every job, at every user: beyond this product it takes minutes. */
const BASELINE_LOOKS = 100_000_000;

/** Everything that is measured, the quick ones first. */
export function scenarios(most: { readonly waiting: number }): Scenario[] {
  return depths
    .filter((waiting) => waiting <= most.waiting)
    .flatMap((waiting) => breadths.flatMap((leaves) => (['equal', 'different'] as const).flatMap((shapes) => cyclesOf({ shapes, waiting, leaves }))));
}

function cyclesOf(size: Pick<Scenario, 'shapes' | 'waiting' | 'leaves'>): Scenario[] {
  const baselineIdles = size.waiting * size.leaves <= BASELINE_LOOKS;
  return [
    { scheduler: 'ours', cycle: 'fill', ...size },
    { scheduler: 'ours', cycle: 'idle', ...size, room: 'none' },
    { scheduler: 'ours', cycle: 'idle', ...size, room: 'tooLittle' },
    { scheduler: 'baseline', cycle: 'fill', ...size },
    // Why nothing can start makes no difference to it.
    ...(baselineIdles ? [{ scheduler: 'baseline', cycle: 'idle', ...size, room: 'none' } as const] : []),
  ];
}
