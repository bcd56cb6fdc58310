import type { JobId } from '../../../core/job/ids.ts';
import type { Job, JobEvent } from '../../../core/job/job.ts';
import { isEnd } from '../../../core/metrics/of-end.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import { launchesOf } from '../../../core/trace/launches.ts';

/** A job and its history without gaps, up to the last entry that was asked for at least. */
export interface KnownJob {
  readonly job: Job;
  /** Absent where it is too long to be read. */
  readonly history?: readonly JobEvent[];
}

interface Remembered extends KnownJob {
  readonly weight: number;
}

/** Entries that are remembered of all jobs together, and launches that they tell of, half a kilobyte each: 20 MB. */
const MOST_WEIGHT = 40_000;
/** A history that is longer, or heavier than all may be, is not read: its job waits for capacity for weeks. */
const MOST_READ = 10_000;

/**
 * What the process knows of jobs. The stream brings a history entry by entry, so that one that was seen from its begin needs no
 * read; what another process saw is read once. The record is read when a job is seen first, and at its end, since it
 * tells how that was.
 */
export class KnownJobs {
  readonly #jobs: Pick<JobStore, 'get' | 'events'>;
  /** Least recently used first. */
  readonly #known = new Map<JobId, Remembered>();
  #weight = 0;

  constructor(jobs: Pick<JobStore, 'get' | 'events'>) {
    this.#jobs = jobs;
  }

  /**
   * @param entries of the job, some of them news
   * @returns `undefined` where there is no such job
   */
  async withEntries(jobId: JobId, entries: readonly JobEvent[]): Promise<KnownJob | undefined> {
    const before = this.#known.get(jobId);
    const history = await this.#history(jobId, before, entries);
    const job = before === undefined || entries.some(isNewOfRecord) ? await this.#jobs.get(jobId) : before.job;
    if (job === undefined) return undefined;
    const known = { job, ...(history === undefined ? {} : { history }) };
    this.#remember(jobId, known);
    return known;
  }

  async #history(jobId: JobId, before: KnownJob | undefined, entries: readonly JobEvent[]): Promise<readonly JobEvent[] | undefined> {
    const last = Math.max(...entries.map(({ number }) => number));
    if (last > MOST_READ || (before !== undefined && before.history === undefined)) return undefined;
    const history = gapless(before?.history ?? [], entries, last) ?? (await this.#read(jobId, last));
    return history === undefined || weightOf(history) > MOST_WEIGHT ? undefined : history;
  }

  async #read(jobId: JobId, last: number): Promise<readonly JobEvent[] | undefined> {
    const history: JobEvent[] = [];
    let weight = 0;
    let cursor: string | undefined;
    do {
      const page = await this.#jobs.events(jobId, MOST_READ, cursor);
      history.push(...page.items);
      weight += weightOf(page.items);
      ({ cursor } = page);
    } while (cursor !== undefined && history.length < last && weight <= MOST_WEIGHT);
    return gapless([], history, last);
  }

  #remember(jobId: JobId, known: KnownJob): void {
    this.#forget(jobId);
    const weight = 1 + weightOf(known.history ?? []);
    this.#known.set(jobId, { ...known, weight });
    this.#weight += weight;
    for (const oldest of this.#known.keys()) {
      if (this.#weight <= MOST_WEIGHT) return;
      this.#forget(oldest);
    }
  }

  #forget(jobId: JobId): void {
    this.#weight -= this.#known.get(jobId)?.weight ?? 0;
    this.#known.delete(jobId);
  }
}

const weightOf = (entries: readonly JobEvent[]): number => entries.reduce((sum, { data }) => sum + 1 + launchesOf(data).length, 0);

/** What it cost is known when its machines are gone. */
const isNewOfRecord = (entry: JobEvent): boolean => isEnd(entry) || entry.type === 'NodesGone';

/** A history with entries, each once and in order; `undefined` where one up to `last` is missing. */
function gapless(history: readonly JobEvent[], entries: readonly JobEvent[], last: number): readonly JobEvent[] | undefined {
  const byNumber = new Map([...history, ...entries].map((entry) => [entry.number, entry]));
  const all = [...byNumber.values()].toSorted((a, b) => a.number - b.number);
  return all[last - 1]?.number === last ? all : undefined;
}
