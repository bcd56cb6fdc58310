import type { Job, JobEvent } from '../job/job.ts';
import { PRIORITY_CLASSES } from '../manifest/schema.ts';
import { launchCodes } from './catalogue.ts';

/** What is not told apart. */
const OTHER = 'other';

/** The highest class that a priority reaches; below all of them it is the lowest. */
export function priorityClass(priority: number): string {
  const reached = Object.entries(PRIORITY_CLASSES).filter(([, number]) => priority >= number).toSorted(([, a], [, b]) => b - a);
  return reached[0]?.[0] ?? 'low';
}

/** What a job's priority was when an entry of its history was written: the record may be older than that, or younger. */
export function priorityAt({ priority }: Job, history: readonly JobEvent[], entry: JobEvent): number {
  const changed: unknown = history.findLast(({ number, type }) => number < entry.number && type === 'PriorityChanged')?.data?.['to'];
  return typeof changed === 'number' ? changed : priority;
}

/** All that `priorityClass` answers. */
export const priorityClasses: readonly string[] = Object.keys(PRIORITY_CLASSES);

/** A code that launches fail with. */
export const codeDimension = (code: string): string => launchCodes.find((known) => known === code) ?? OTHER;

/** A label of jobs by which costs are told apart, and the values of it that are. */
interface CostLabel {
  readonly key: string;
  readonly values: readonly string[];
}

/** The value of the label by which costs are told apart. */
export function labelDimension({ key, values }: CostLabel, labels: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  return value !== undefined && values.includes(value) ? value : OTHER;
}

/** All that `labelDimension` answers. */
export const labelDimensions = ({ values }: CostLabel): readonly string[] => [...new Set([...values, OTHER])];
