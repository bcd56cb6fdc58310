import type { LauncherFigures } from './figures.ts';
import type { GangSize } from './launcher.ts';

/** How the benchmark is asked for. */
export interface CapacityOptions {
  readonly trace: string;
  readonly zones?: readonly string[];
  readonly nodes: number;
  readonly spread: GangSize['spread'];
  /** Fractions of the trace's measurements. */
  readonly from: number;
  readonly to: number;
  /** Minutes between arrivals. */
  readonly every: number;
  /** How long a gang is held. */
  readonly hours: number;
  /** File for the chart. */
  readonly plot?: string;
}

/** The document for programs. Times are simulated. */
export interface CapacityResult extends Omit<CapacityOptions, 'plot'> {
  readonly jobs: number;
  readonly simulatedHours: number;
  /** What these results can and cannot show. */
  readonly remarks: readonly string[];
  readonly launchers: readonly LauncherFigures[];
}
