import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { epochMs, instanceId, jobId } from '../../../../core/job/ids.ts';
import type { StepRecord } from '../../../../core/lifecycle/wait.ts';
import type { CommandStatus, NodeAnswer } from '../../../../core/ports/node-commands.ts';
import { endedWell, judge } from '../../../../core/runtimes/step-result.ts';
import { aNode } from '../../../builders/nodes.ts';

const head = aNode(0);
const worker = aNode(1);
const nodes = [head, worker];

function aRecord(fields: Partial<StepRecord> = {}): StepRecord {
  return { jobId: jobId('01h'), attempt: 1, step: 'configure/0', name: 'set up', ranks: 'all', last: false, sends: 1, startedAtMs: epochMs(0), ...fields };
}

function aStatus(answers: Readonly<Record<string, Partial<NodeAnswer>>>, over = true): CommandStatus {
  const all = Object.entries(answers).map(([id, answer]) => ({ instanceId: instanceId(id), status: 'exited' as const, ...answer }));
  return { commandId: 'c', jobId: jobId('01h'), attempt: 1, step: 'configure/0', answers: all, over };
}

const answers = (ofHead: Partial<NodeAnswer>, ofWorker: Partial<NodeAnswer>) => ({ [head.instanceId]: ofHead, [worker.instanceId]: ofWorker });

describe('judging a step', () => {
  it.each<[string, Partial<NodeAnswer>, Partial<NodeAnswer>, object]>([
    ['every node exited with 0', { exitCode: 0 }, { exitCode: 0 }, { kind: 'exited', exitCode: 0, failed: [] }],
    ['one failed', { exitCode: 0 }, { exitCode: 2, tail: 'no' }, { kind: 'exited', exitCode: 2, failed: [{ node: 'workers-0', exitCode: 2, tail: 'no' }] }],
    ['several failed: the lowest rank decides', { exitCode: 3 }, { exitCode: 2 }, { kind: 'exited', exitCode: 3, failed: [{ node: 'head-0', exitCode: 3, tail: '' }, { node: 'workers-0', exitCode: 2, tail: '' }] }],
    ['one ran out of time', { exitCode: 0 }, { status: 'timedOut' }, { kind: 'timedOut', failed: [{ node: 'workers-0', exitCode: 124, tail: '' }] }],
    ['one still runs, whatever the others say', { exitCode: 1 }, { status: 'running' }, { kind: 'pending' }],
    ['one has not begun', { status: 'lost' }, { status: 'pending' }, { kind: 'pending' }],
    ['one is lost, and others failed for it', { exitCode: 1 }, { status: 'lost' }, { kind: 'lost', nodes: [worker] }],
    ['one never booted, and others failed for it', { exitCode: 1 }, { status: 'unbooted' }, { kind: 'lost', nodes: [worker], unbooted: [worker] }],
    ['one never booted, and another is lost', { status: 'lost' }, { status: 'unbooted' }, { kind: 'lost', nodes: [head, worker], unbooted: [worker] }],
    ['the service gave up on a command whose unit may run', { exitCode: 0 }, { status: 'detached' }, { kind: 'resend' }],
    ['somebody cancelled the command, not the job', { exitCode: 0 }, { status: 'cancelled' }, { kind: 'resend' }],
  ])('%s', (_, ofHead, ofWorker, expected) => {
    expect(judge(aRecord(), nodes, aStatus(answers(ofHead, ofWorker)))).toEqual(expected);
  });

  it('keeps what the scheduler said, however the step ended', () => {
    const scheduler = { id: '7', state: 'FAILED', nodes: 'workers-0', restarts: 0 };
    const judged = (answer: Partial<NodeAnswer>) => judge(aRecord({ ranks: 'head' }), nodes, aStatus({ [head.instanceId]: { ...answer, scheduler } }));
    expect(judged({ exitCode: 0 })).toEqual({ kind: 'exited', exitCode: 0, failed: [], scheduler });
    expect(judged({ exitCode: 7 })).toMatchObject({ kind: 'exited', exitCode: 7, scheduler });
    expect(judged({ status: 'timedOut', exitCode: 124 })).toMatchObject({ kind: 'timedOut', scheduler });
    expect(judged({ status: 'lost' })).toEqual({ kind: 'lost', nodes: [head] });
    expect(endedWell(aRecord({ ranks: 'head', sentTo: 1 }), aStatus({ [head.instanceId]: { exitCode: 0, scheduler } }))).toMatchObject({ scheduler });
  });

  it('needs no list of nodes where all that it was sent to ended well, and only there', () => {
    const status = aStatus(answers({ exitCode: 0 }, { exitCode: 0 }));
    expect(endedWell(aRecord({ sentTo: 2 }), status)).toEqual(judge(aRecord(), nodes, status));
    const others: readonly [number | undefined, CommandStatus | undefined][] = [
      [2, aStatus(answers({ exitCode: 0 }, { exitCode: 1 }))],
      [2, aStatus(answers({ exitCode: 0 }, { status: 'running' }))],
      [2, aStatus({ [head.instanceId]: { exitCode: 0 } })],
      [3, status],
      [0, aStatus({})],
      [undefined, status],
      [2, undefined],
    ];
    for (const [sentTo, found] of others) expect(endedWell(aRecord(sentTo === undefined ? {} : { sentTo }), found)).toBeUndefined();
  });

  it('waits for a node that has not been heard of while the command is open', () => {
    expect(judge(aRecord(), nodes, aStatus({ [head.instanceId]: { exitCode: 0 } }, false))).toEqual({ kind: 'pending' });
  });

  it('sends again to a node that the command did not find, and then calls it lost', () => {
    const status = aStatus({ [head.instanceId]: { exitCode: 0 } });
    expect(judge(aRecord({ sends: 2 }), nodes, status)).toEqual({ kind: 'resend' });
    expect(judge(aRecord({ sends: 3 }), nodes, status)).toEqual({ kind: 'lost', nodes: [worker] });
  });

  it('does not attach for ever to a step that never begins', () => {
    const status = aStatus(answers({ exitCode: 0 }, { status: 'detached' }));
    expect(judge(aRecord({ sends: 30 }), nodes, status)).toEqual({ kind: 'lost', nodes: [worker] });
  });

  it('sends again when the command is not known', () => {
    expect(judge(aRecord(), nodes, undefined)).toEqual({ kind: 'resend' });
  });

  it('asks only the head node for a step of the head', () => {
    expect(judge(aRecord({ ranks: 'head' }), nodes, aStatus({ [head.instanceId]: { exitCode: 0 } }))).toEqual({ kind: 'exited', exitCode: 0, failed: [] });
  });

  it('does not count a node that was taken out, nor the answer of a stranger', () => {
    const gone = { ...worker, goneAtMs: epochMs(5) };
    const status = aStatus({ [head.instanceId]: { exitCode: 0 }, [worker.instanceId]: { exitCode: 1 }, 'i-stranger': { exitCode: 9 } });
    expect(judge(aRecord(), [head, gone], status)).toEqual({ kind: 'exited', exitCode: 0, failed: [] });
  });

  it('is done only when every node has answered', () => {
    const statuses = fc.constantFrom<NodeAnswer['status']>('pending', 'running', 'exited', 'lost', 'unbooted', 'timedOut', 'detached', 'cancelled');
    fc.assert(
      fc.property(statuses, statuses, fc.boolean(), (a, b, over) => {
        const { kind } = judge(aRecord(), nodes, aStatus(answers({ status: a }, { status: b }), over));
        const open = [a, b].some((status) => status === 'pending' || status === 'running');
        return open === (kind === 'pending');
      }),
    );
  });
});
