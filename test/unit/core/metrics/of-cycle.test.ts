import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import type { Measurement } from '../../../../core/metrics/catalogue.ts';
import { laneWaits, type LanesSeen } from '../../../../core/metrics/lane-waits.ts';
import { queueMeasurements, type QueueSeen } from '../../../../core/metrics/of-cycle.ts';
import { mostSeries } from '../../../../core/metrics/series.ts';
import { laneId } from '../../../../core/scheduling/share-nodes.ts';
import type { ActiveLane } from '../../../../core/scheduling/snapshot.ts';
import { aHold } from '../../../builders/job.ts';
import { aDemand, aUse, aWaitingJob, NOW, windowsOf, type JobSketch } from '../../../builders/scheduling.ts';

const nothingSeen: QueueSeen = { lanes: [], windows: [], uses: [], admitted: [], turns: [], parked: [] };
const named = { lattice: {}, '*': {} };

const lane = (namespace: string, fields: Partial<ActiveLane> = {}): ActiveLane => ({ namespace, user: 'ada', lane: '0', pending: 1, enteredAtMs: epochMs(NOW - 1000), ...fields });
const admitted = (namespace: string, sketch: JobSketch = {}) => ({ jobId: jobId('a'), namespace, demand: aDemand(sketch) });

/** Values by metric and namespace: `QueueDepth lattice`. */
const valuesOf = (measurements: readonly Measurement[]) => Object.fromEntries(measurements.map(({ name, dimensions, value }) => [[name, ...Object.values(dimensions)].join(' '), value]));
const measured = (seen: Partial<QueueSeen>, waits = new Map()) => valuesOf(queueMeasurements({ ...nothingSeen, ...seen }, waits, named, NOW));

describe('what is measured of the queue', () => {
  it('is zero where there is nothing, for each namespace of the configuration', () => {
    const zeros = ['QueueDepth', 'OldestWaitSeconds', 'RunningNodes'].flatMap((name) => [[`${name} lattice`, 0], [`${name} *`, 0]]);
    const classes = ['low', 'normal', 'high', 'urgent'].map((name) => [`CapacityWaitSeconds ${name}`, 0]);
    expect(measured({})).toEqual({ ...Object.fromEntries([...zeros, ...classes]), LongestWaitSeconds: 0 });
  });

  it('adds up lanes and leaves, those of namespaces without a name of their own under *', () => {
    const lanes = [lane('lattice', { pending: 3 }), lane('lattice', { pending: 2, lane: '1' }), lane('quarks', { pending: 5 }), lane('leptons', { pending: 7 })];
    const uses = [aUse({ nodes: 2 }), aUse({ namespace: 'quarks', nodes: 1 }), aUse({ namespace: 'constructor', nodes: 4 })];
    expect(measured({ lanes, uses })).toMatchObject({ 'QueueDepth lattice': 5, 'QueueDepth *': 12, 'RunningNodes lattice': 2, 'RunningNodes *': 5 });
  });

  it('is the queue after the cycle: who was started waits no more and holds its nodes', () => {
    const seen = { lanes: [lane('lattice', { pending: 3 })], uses: [aUse({ nodes: 2 })], admitted: [admitted('lattice', { nodes: 4 })], turns: [{ namespace: 'lattice', demand: aDemand({ nodes: 8 }) }] };
    expect(measured(seen)).toMatchObject({ 'QueueDepth lattice': 2, 'RunningNodes lattice': 14 });
  });

  it('never counts less than nobody: a lane is counted a moment after its job came', () => {
    expect(measured({ lanes: [lane('lattice', { pending: 0 })], admitted: [admitted('lattice')] })).toMatchObject({ 'QueueDepth lattice': 0 });
  });

  it('has the longest wait of each namespace, and of all', () => {
    const waits = new Map([['a', 60], ['b', 90], ['c', 30]].map(([id, seconds], i) => [id, { namespace: i < 2 ? 'lattice' : 'quarks', sinceMs: epochMs(NOW - Number(seconds) * 1000) }]));
    expect(measured({}, waits)).toMatchObject({ 'OldestWaitSeconds lattice': 90, 'OldestWaitSeconds *': 30, LongestWaitSeconds: 90 });
  });

  it('has the longest wait for capacity of each priority class, from when the attempt came into the queue', () => {
    const parked = ([[950, 30], [950, 90], [500, 60, 20]] as const).map(([priority, submitted, queued]) => ({
      priority, submittedAtMs: epochMs(NOW - submitted * 1000), ...(queued === undefined ? {} : { queuedAtMs: epochMs(NOW - queued * 1000) }),
    }));
    expect(measured({ parked })).toMatchObject({ 'CapacityWaitSeconds urgent': 90, 'CapacityWaitSeconds normal': 20, 'CapacityWaitSeconds high': 0, 'CapacityWaitSeconds low': 0, LongestWaitSeconds: 0 });
  });

  it('leaves out of it who has a turn at this moment', () => {
    const waits = { priority: 500, submittedAtMs: epochMs(NOW - 60_000) };
    expect(measured({ parked: [waits, { ...waits, submittedAtMs: epochMs(NOW - 90_000), hold: aHold() }] })).toMatchObject({ 'CapacityWaitSeconds normal': 60 });
  });

  it('has no more sets of dimensions than are paid for, whatever namespaces there are', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(fc.property(fc.uniqueArray(name, { maxLength: 20 }), fc.array(name, { maxLength: 50 }), (configured, others) => {
      const settings = Object.fromEntries([...configured, '*'].map((key) => [key, {}]));
      const namespaces = [...configured, ...others, '__proto__', 'constructor'];
      const seen = { ...nothingSeen, lanes: namespaces.map((namespace) => lane(namespace)), uses: namespaces.map((namespace) => aUse({ namespace, nodes: 1 })) };
      const measurements = queueMeasurements(seen, new Map(), settings, NOW);
      for (const [metric, ofOne] of Map.groupBy(measurements, (one) => one.name)) {
        const series = new Set(ofOne.map(({ dimensions }) => JSON.stringify(dimensions)));
        if (series.size > mostSeries(metric) || series.size < ofOne.length) return false;
      }
      return measurements.length > 0;
    }));
  });
});

describe('since when jobs of a lane wait', () => {
  const sinceOf = (known: ReturnType<typeof laneWaits>, seen: Partial<LanesSeen>) =>
    [...laneWaits(known, { lanes: [], windows: [], left: new Set(), ...seen }).values()].map(({ sinceMs }) => (NOW - sinceMs) / 1000);
  const jobs = [aWaitingJob('a', { submittedAtMs: epochMs(NOW - 90_000), priority: 100 }), aWaitingJob('b', { submittedAtMs: epochMs(NOW - 30_000) })];
  const lanes = jobs.slice(0, 1).map(({ namespace, user, lane: part }) => lane(namespace, { user, lane: part, pending: 2 }));
  const seenThen = () => laneWaits(new Map(), { lanes, windows: windowsOf(jobs), left: new Set() });

  it('is what its front says, by age and not by rank', () => {
    expect(sinceOf(new Map(), { lanes, windows: windowsOf(jobs) })).toEqual([90]);
  });

  it('counts from when an attempt came back into the queue', () => {
    const windows = windowsOf(jobs.map((job) => ({ ...job, queuedAtMs: epochMs(NOW - 5000) })));
    expect(sinceOf(new Map(), { lanes, windows })).toEqual([5]);
  });

  it('is that of those who stay', () => {
    expect(sinceOf(new Map(), { lanes, windows: windowsOf(jobs), left: new Set(['a']) })).toEqual([30]);
    expect(sinceOf(new Map(), { lanes, windows: windowsOf(jobs), left: new Set(['a', 'b']) })).toEqual([]);
  });

  it('is what was known of a lane that has no room and is not read', () => {
    expect(sinceOf(seenThen(), { lanes: lanes.map((one) => ({ ...one, enteredAtMs: NOW })) })).toEqual([90]);
  });

  it('is when a lane was first seen to be entered that was never read', () => {
    const first = laneWaits(new Map(), { lanes: [lane('quarks')], windows: [], left: new Set() });
    expect(sinceOf(first, { lanes: [lane('quarks', { enteredAtMs: NOW, pending: 9 })] })).toEqual([1]);
  });

  it('is forgotten when a lane is empty, by its count or by a look', () => {
    expect(sinceOf(seenThen(), { lanes: lanes.map((one) => ({ ...one, pending: 0 })) })).toEqual([]);
    const empty = lanes.map((one) => ({ namespace: one.namespace, user: one.user, lane: one.lane, entries: [], complete: true }));
    expect(sinceOf(seenThen(), { lanes, windows: empty })).toEqual([]);
    expect(seenThen().has(laneId(lanes[0] ?? lane('x')))).toBe(true);
  });

  it('is not known better than by who came last, where all that were seen were started', () => {
    const [window] = windowsOf(jobs, 2);
    expect(sinceOf(new Map(), { lanes, windows: window === undefined ? [] : [{ ...window, complete: false }], left: new Set(['a', 'b']) })).toEqual([1]);
  });
});
