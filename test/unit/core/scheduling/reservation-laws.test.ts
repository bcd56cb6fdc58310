import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '../../../../core/job/ids.ts';
import type { EpochMs, JobId } from '../../../../core/job/ids.ts';
import type { SchedulingPolicy } from '../../../../core/scheduling/policy.ts';
import { aNamespace, aPolicy, aWaitingJob, planOf, type JobSketch } from '../../../builders/scheduling.ts';
import { SimulatedDeployment } from './simulated-deployment.ts';

/** A job that comes after a while and runs for as long as it may, or ends early. */
const anArrival = fc.record({
  afterMinutes: fc.nat({ max: 40 }),
  user: fc.constantFrom('ada', 'bob', 'cleo'),
  namespace: fc.constantFrom('lattice', 'plasma'),
  nodes: fc.integer({ min: 1, max: 8 }),
  types: fc.constantFrom(['m6i.xlarge'], ['p4d.24xlarge']),
  minutes: fc.integer({ min: 10, max: 120 }),
  priority: fc.constantFrom(100, 500, 900),
  isBounded: fc.constantFrom(true, true, true, false),
  partUsed: fc.constantFrom(1, 1, 0.5),
});
const someArrivals = fc.array(anArrival, { minLength: 2, maxLength: 20 });
type Arrival = Parameters<Parameters<typeof someArrivals.map>[0]>[0][number];

const shares = {
  limits: { nodes: 8 },
  quotas: { 'P/on-demand': 20 } as const,
  namespaces: [aNamespace('lattice', { limits: { nodes: 8 }, defaultUser: { weight: 1, limits: { nodes: 8 } } })],
};

function sketchOf({ user, namespace, nodes, types, minutes, priority, isBounded }: Arrival, atMs: EpochMs): JobSketch {
  return { user, namespace, nodes, types, priority, submittedAtMs: atMs, holdSeconds: isBounded ? minutes * 60 : undefined };
}

/** A deployment, and by when it was first said that a job starts at the latest: before each cycle, of the first job that will wait for limits. */
class Promises {
  readonly #deployment: SimulatedDeployment;
  readonly #byMs = new Map<JobId, EpochMs>();

  constructor(order: SchedulingPolicy['order']) {
    this.#deployment = new SimulatedDeployment(aPolicy({ shares, order }));
  }

  submit(id: string, arrival: Arrival): void {
    const { minutes, partUsed } = arrival;
    this.#deployment.submit(aWaitingJob(id, sketchOf(arrival, this.#deployment.nowMs)), minutes * 60_000 * partUsed);
  }

  cycle(): void {
    const first = this.#deployment.look().waiting.find(({ jobId, obstacle: { kind } }) => (kind === 'limit' || kind === 'quota') && this.#startsAlone(jobId));
    if (first?.reservedFromMs !== undefined && !this.#byMs.has(first.jobId)) this.#byMs.set(first.jobId, first.reservedFromMs);
    this.#deployment.cycle();
  }

  /** Others wait for ever, and hold back nobody. */
  #startsAlone(jobId: JobId): boolean {
    const job = this.#deployment.jobs.get(jobId);
    return job !== undefined && planOf({ waiting: [job.entry] }, this.#deployment.policy).admissions.length > 0;
  }

  /** A cycle at each end until then; for ever, if nothing is said. */
  moveOn(minutes = Number.POSITIVE_INFINITY): void {
    const toMs = epochMs(this.#deployment.nowMs + minutes * 60_000);
    for (let endMs = this.#deployment.nextEndMs; endMs !== undefined && endMs < toMs; endMs = this.#deployment.nextEndMs) {
      this.#deployment.moveTo(endMs);
      this.cycle();
    }
    if (minutes !== Number.POSITIVE_INFINITY) this.#deployment.moveTo(toMs);
  }

  /** Jobs that started after what they were told, in words. */
  get broken(): string[] {
    return [...this.#byMs].flatMap(([jobId, byMs]) => {
      const startedMs = this.#deployment.jobs.get(jobId)?.startedMs ?? Number.POSITIVE_INFINITY;
      return startedMs > byMs ? [`${jobId} started ${(startedMs - byMs) / 60_000} minutes late`] : [];
    });
  }
}

describe('the first job that waits for limits', () => {
  it('starts no later than it was first told, whatever comes after it', () => {
    fc.assert(
      fc.property(someArrivals, (arrivals) => {
        const promises = new Promises('submission');
        for (const [i, arrival] of arrivals.entries()) {
          promises.moveOn(arrival.afterMinutes);
          promises.submit(`job${String(i).padStart(2, '0')}`, arrival);
          promises.cycle();
        }
        promises.moveOn();
        expect(promises.broken).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  it.each(['submission', 'priority', 'fair-share'] as const)('starts no later than it was first told, whoever passes it (by %s)', (order) => {
    fc.assert(
      fc.property(someArrivals, (arrivals) => {
        const promises = new Promises(order);
        // By fair share a user comes later who has started something meanwhile: of one user it is the order that counts.
        for (const [i, arrival] of arrivals.entries()) promises.submit(`job${String(i).padStart(2, '0')}`, order === 'fair-share' ? { ...arrival, user: 'ada', namespace: 'lattice' } : arrival);
        promises.cycle();
        promises.moveOn();
        expect(promises.broken).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
