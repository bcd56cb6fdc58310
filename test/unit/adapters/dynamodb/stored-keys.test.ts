import { describe, expect, it } from '@jest/globals';
import { epochMs, jobId } from '../../../../core/job/ids.ts';
import { laneOf } from '../../../../core/queue/lane.ts';
import { keys } from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { aDemand, type JobSketch } from '../../../builders/scheduling.ts';

const keyOf = (sketch: JobSketch, priority: number): object =>
  keys.queued({ namespace: 'research', user: 'ada', lane: laneOf(aDemand(sketch)), jobId: jobId('01j0'), priority, submittedAtMs: epochMs(1_700_000_000_000) });

describe('the keys that waiting jobs are stored under', () => {
  // Jobs wait while a new release is deployed, which must find them: these change only together with a migration.
  it('are what they were in earlier releases', () => {
    expect(keyOf({}, 500)).toEqual({ pk: 'QUEUE#research#ada#5', sk: '1700864000000#1700000000000#01j0' });
    expect(keyOf({ types: ['c6i.4xlarge', 'c5.4xlarge'], markets: ['spot', 'on-demand'], zones: ['us-east-1a'] }, 1000)).toEqual({ pk: 'QUEUE#research#ada#f', sk: '1700000000000#1700000000000#01j0' });
    expect(keyOf({ types: ['p5.48xlarge'], markets: ['spot'] }, 0)).toEqual({ pk: 'QUEUE#research#ada#1', sk: '1701728000000#1700000000000#01j0' });
  });
});
