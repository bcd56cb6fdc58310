import { describe, expect, it } from '@jest/globals';
import { jobTrace } from '../../../../core/trace/job-trace.ts';
import { toOtlp } from '../../../../core/trace/otlp.ts';
import { aHistory, aTracedJob, moved, submitted, SUBMITTED_MS } from '../../../builders/trace.ts';

const token = 'AQDEAAAAKgAAAAMAAAAA'.repeat(20);
const url = 'https://b.s3.amazonaws.com/d?X-Amz-Credential=ASIAQ3EGXAMPLE12345%2F2030&X-Amz-Security-Token=IQoJb3%2Fx&X-Amz-Signature=0a1b2c&x-id=GetObject';
const secrets = [token, 'ASIAQ3EGXAMPLE12345', 'AKIAQ3EGXAMPLE67890', 'IQoJb3', '0a1b2c'];

describe('a span that leaves', () => {
  it('has no secret that a failing step wrote or AWS quoted, neither as its status nor in an event or an attribute', () => {
    const message = `Train exited with 1 on head-0: epoch 3\ncurl: (22) ${url}\nusing AKIAQ3EGXAMPLE67890`;
    const life = aHistory(
      [0, submitted], [2, moved('PENDING', 'ACQUIRING_CAPACITY')],
      [3, { type: 'LaunchTried', message: `the task token ${token} is not known` }],
      [4, moved('ACQUIRING_CAPACITY', 'CONFIGURING')], [5, moved('CONFIGURING', 'RUNNING')],
      [6, { type: 'StepStarted', data: { step: 'run/0', name: 'Train', system: false } }],
      [9, { type: 'StepFinished', data: { step: 'run/0', name: 'Train', kind: 'failed', exitCode: 1 }, message }],
      [9, moved('RUNNING', 'RUN_FAILED', 'FAILED', message)], [10, moved('RUN_FAILED', 'DESTROYING', 'FAILED')], [12, moved('DESTROYING', 'DONE', 'FAILED')],
    );
    const told = JSON.stringify(toOtlp(jobTrace(aTracedJob({ outcome: 'FAILED', reason: { code: 'StepFailed', message } }), life), SUBMITTED_MS));
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
    for (const kept of ['exited with 1 on head-0: epoch 3', 'x-id=GetObject', 'is not known']) expect(told).toContain(kept);
  });
});
