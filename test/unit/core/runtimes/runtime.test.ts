import { describe, expect, it } from '@jest/globals';
import { jobId } from '../../../../core/job/ids.ts';
import { unitName } from '../../../../core/runtimes/node-step.ts';
import { runtimeFor } from '../../../../core/runtimes/runtime-for.ts';
import { stepPayload } from '../../../../core/runtimes/step-payload.ts';
import { stepTraceparent, traceIdOf } from '../../../../core/runtimes/trace-context.ts';
import { aDispatch, aNode, aStep, readNodeFile } from '../../../builders/nodes.ts';
import { epochMs } from '../../../../core/job/ids.ts';

describe('runtimeFor', () => {
  it('answers the runtime that was asked for', () => {
    expect([runtimeFor('None').type, runtimeFor('Slurm').type]).toEqual(['None', 'Slurm']);
  });

  it.each(['EKS', 'constructor'])('knows no runtime %s', (type) => {
    expect(() => runtimeFor(type)).toThrow(expect.objectContaining({ name: 'InternalError' }));
  });
});

describe('the trace of a job', () => {
  it('is its id, read as the 128 bits that it is', () => {
    expect(traceIdOf(jobId('01hjob0000000000000000000a'))).toMatch(/^[0-9a-f]{32}$/);
    expect(traceIdOf(jobId('7zzzzzzzzzzzzzzzzzzzzzzzzz'))).toBe('f'.repeat(32));
    expect(traceIdOf(jobId('0000000000000000000000000a'))).toBe(`${'0'.repeat(31)}a`);
  });

  it('has a span of its own for each step, and for each round of it', () => {
    const all = [1, 2].flatMap((attempt) => (['configure', 'run', 'postRun'] as const).flatMap((phase) => [0, 1].flatMap((index) => [0, 1].map((round) => stepTraceparent(jobId('01h'), attempt, { phase, index, round })))));
    expect(new Set(all).size).toBe(24);
    expect(all[0]).toMatch(/^00-[0-9a-f]{32}-0000000101000000-01$/);
  });
});

describe('the payload of a step', () => {
  const place = { logGroup: '/jobs', region: 'us-east-1', logBytesPerAttempt: 2 ** 30 };

  it('names unit, nodes and what the runner needs', () => {
    const dispatch = aDispatch({ step: aStep({ phase: 'run', index: 2, timeoutSeconds: 5 }), stopFirst: ['orch-x'] });
    expect(stepPayload(dispatch, place, readNodeFile)).toMatchObject({
      unit: unitName(dispatch.jobId, 1, 'run', 2), name: 'set up', timeoutSeconds: 5, stopFirst: ['orch-x'], logGroup: '/jobs', region: 'us-east-1',
      nodes: [{ name: 'head-0', rank: 0, address: '10.0.0.10' }, { name: 'workers-0', rank: 1 }, { name: 'workers-1', rank: 2 }],
    });
  });

  it('leaves out nodes that are gone, and a limit that is not there', () => {
    const payload = stepPayload(aDispatch({ nodes: [aNode(0), aNode(1, { goneAtMs: epochMs(9) })] }), place, readNodeFile);
    expect(payload.nodes.map(({ name }) => name)).toEqual(['head-0']);
    expect(payload).not.toHaveProperty('timeoutSeconds');
  });
});
