import { describe, expect, it } from '@jest/globals';
import { closedSpans } from '../../../../core/trace/closed-spans.ts';
import { jobTrace } from '../../../../core/trace/job-trace.ts';
import { chooseRuns, type NodeRun } from '../../../../core/trace/node-runs.ts';
import { hasLine, spanLine } from '../../../../core/trace/span-line.ts';
import type { Trace } from '../../../../core/trace/span.ts';
import { tellRuns } from '../../../../core/trace/told-runs.ts';
import { aHistory, aTracedJob, flawsOf, moved, submitted, SUBMITTED_MS } from '../../../builders/trace.ts';

const at = (seconds: number): number => SUBMITTED_MS + seconds * 1000;
const ran = (rank: number, from: number, to: number, exitCode = 0): NodeRun => ({ rank, startMs: at(from), endMs: at(to), exitCode });

/** A job on a head and two workers whose only step goes on from second 10 to second 20. */
function withRuns(runs: readonly NodeRun[], { pools = [['head', 1], ['workers', 2]], nodes = runs.length, again = false, kind = 'phaseDone' }: { readonly pools?: unknown; readonly nodes?: number; readonly again?: boolean; readonly kind?: string } = {}) {
  return aHistory(
    [0, submitted], [2, moved('PENDING', 'ACQUIRING_CAPACITY')], [3, { type: 'CapacityAcquired', data: { pools } }], [3, moved('ACQUIRING_CAPACITY', 'CONFIGURING')],
    [10, { type: 'StepStarted', data: { step: 'configure/0', name: 'Warm up', system: false } }],
    [20, { type: 'StepFinished', data: { step: 'configure/0', name: 'Warm up', kind, exitCode: 0, nodeRuns: tellRuns(chooseRuns(runs, nodes, again)) }, message: 'Warm up failed.' }],
  );
}

const nodesIn = ({ spans }: Trace) => spans.filter(({ subject }) => subject === 'node');
const stepIn = ({ spans }: Trace) => spans.find(({ subject }) => subject === 'step');

describe('a step on several nodes', () => {
  it('has a span for each, by the name of the node', () => {
    const trace = jobTrace(aTracedJob(), withRuns([ran(0, 11, 12), ran(1, 11, 19), ran(2, 11.5, 15)]));
    expect(flawsOf(trace)).toEqual([]);
    expect(nodesIn(trace).map(({ name, startMs, endMs, parentId }) => [name, startMs, endMs, parentId])).toEqual([
      ['head-0', at(11), at(12), stepIn(trace)?.spanId], ['workers-0', at(11), at(19), stepIn(trace)?.spanId], ['workers-1', at(11.5), at(15), stepIn(trace)?.spanId],
    ]);
    expect(stepIn(trace)?.attributes).toMatchObject({ 'orchestrator.step.nodes': 3, 'orchestrator.step.slowest_node': 'workers-0', 'orchestrator.step.slowest_seconds': 8 });
  });

  it('marks where it failed, with the exit code, and where it ran out of time', () => {
    const trace = jobTrace(aTracedJob(), withRuns([ran(0, 11, 12), ran(1, 11, 19, 3), { ...ran(2, 11, 19, 124), timedOut: true }], { kind: 'failed' }));
    expect(nodesIn(trace).map(({ error }) => error)).toEqual([undefined, 'exit code 3', 'ran out of time; exit code 124']);
    expect(nodesIn(trace)[1]?.attributes).toEqual({ 'orchestrator.node.name': 'workers-0', 'process.exit.code': 3, 'error.type': 'failed' });
    expect(stepIn(trace)?.error).toBe('Warm up failed.');
  });

  it('cuts what the clock of a node says to the step, and says so', () => {
    const trace = jobTrace(aTracedJob(), withRuns([ran(0, 5, 12), ran(1, 12, 25), ran(2, 30, 40)]));
    expect(flawsOf(trace)).toEqual([]);
    expect(nodesIn(trace).map(({ startMs, endMs, attributes }) => [startMs, endMs, attributes['orchestrator.clamped']])).toEqual([
      [at(10), at(12), true], [at(12), at(20), true], [at(20), at(20), true],
    ]);
  });

  it('that was sent again began with the step, as far as is known', () => {
    const trace = jobTrace(aTracedJob(), withRuns([ran(0, 17, 18), ran(1, 17, 19)], { again: true }));
    expect(nodesIn(trace).map(({ startMs, endMs, attributes }) => [startMs, endMs, attributes['orchestrator.time.unknown']])).toEqual([[at(10), at(18), true], [at(10), at(19), true]]);
    expect(stepIn(trace)?.attributes).not.toHaveProperty('orchestrator.step.slowest_node');
  });

  it('says of how many nodes nothing is told', () => {
    const trace = jobTrace(aTracedJob(), withRuns([ran(0, 11, 12)], { nodes: 900 }));
    expect(stepIn(trace)?.attributes).toMatchObject({ 'orchestrator.step.nodes': 900, 'orchestrator.step.nodes_left_out': 899 });
  });

  it('calls nodes by their ranks where nobody wrote down their names', () => {
    for (const pools of [undefined, 'none', [['head', 0], 7]]) {
      expect(nodesIn(jobTrace(aTracedJob(), withRuns([ran(7, 11, 12)], { pools }))).map(({ name }) => name)).toEqual(['rank 7']);
    }
  });

  it('sends its nodes before itself, and has a line for itself alone, which names the slowest', () => {
    const job = aTracedJob();
    const closed = closedSpans(job, withRuns([ran(0, 11, 12), ran(1, 11, 19), ran(2, 11, 15)]), (number) => number === 6);
    expect(closed.map(({ name, attempt }) => [name, attempt])).toEqual([['head-0', 1], ['workers-0', 1], ['workers-1', 1], ['Warm up', 1]]);
    const lines = closed.filter(hasLine).map((span) => spanLine({ ...job, cost: [] }, span));
    expect(lines).toMatchObject([{ subject: 'step', name: 'Warm up', slowestNode: 'workers-0', slowestSeconds: 8 }]);
  });
});
