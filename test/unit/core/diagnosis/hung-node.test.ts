import { describe, expect, it } from '@jest/globals';
import { epochMs } from '../../../../core/job/ids.ts';
import type { JobEvent } from '../../../../core/job/job.ts';
import { anEvent, whyOf } from '../../../builders/diagnosis.ts';

const lostAtMs = 1_900_000;
const named = 'workers-1 (i-2, spot in us-east-1a)';
const lost = anEvent({ number: 3, atMs: epochMs(lostAtMs), type: 'NodeLost', message: `${named} no longer runs. The attempt ends.` });
const hung = (fields: Partial<JobEvent> = {}) =>
  anEvent({ number: 2, atMs: epochMs(lostAtMs - 60_000), type: 'Reconciled', message: `${named} hangs: EC2 runs it and has not reached it for minutes. Terminated.`, data: { kind: 'hung', instances: ['i-2'] }, ...fields });
const notice = anEvent({ number: 1, atMs: epochMs(lostAtMs - 90_000), type: 'NodeInterrupted', message: 'workers-1: EC2 takes it back', data: { kind: 'interruption' } });
const why = (...history: readonly JobEvent[]) => whyOf({ state: 'DONE', outcome: 'INTERRUPTED', reason: { code: 'NodeLost', message: `${named} no longer runs.` } }, { history });

describe('a Spot node that was terminated since it hung', () => {
  it('was not taken back by EC2, even where EC2 had said that it would', () => {
    expect(why(hung(), lost)).toMatchObject({ cause: 'NodeHung', certainty: 'certain', bearing: 'failed', evidence: { events: [{ type: 'Reconciled' }, { type: 'NodeLost' }] } });
    expect(why(notice, hung(), lost).cause).toBe('NodeHung');
  });

  it.each([
    ['another node that hung', hung({ data: { kind: 'hung', instances: ['i-7'] } })],
    ['one that hung long before', hung({ atMs: epochMs(lostAtMs - 3_600_000) })],
    ['machines of nobody that were ended', hung({ data: { instances: ['i-2'] } })],
  ])('is told apart from %s', (_what, other) => {
    expect(why(notice, other, lost).cause).toBe('SpotInterruption');
  });
});
