import { describe, expect, it } from '@jest/globals';
import { epochMs, jobId } from '../../core/job/ids.ts';
import { keys, type Key } from '../../lambdas/adapters/dynamodb/keys.ts';
import { shareKeys } from '../../lambdas/adapters/dynamodb/share-entities.ts';
import { ofType, synthesize } from './synthesize.ts';

type Rule = string | { readonly prefix: string };
interface Pattern {
  readonly eventName: readonly string[];
  readonly dynamodb: { readonly Keys: Readonly<Partial<Record<keyof Key, { readonly S: readonly Rule[] }>>> };
}

const { resources } = synthesize();
const readers = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([id, { Properties }]) => {
  const { Filters } = Properties['FilterCriteria'] as { readonly Filters: readonly { readonly Pattern: string }[] };
  return { id, patterns: Filters.map((filter): Pattern => JSON.parse(filter.Pattern)) };
});

function matches({ eventName, dynamodb }: Pattern, event: string, key: Key): boolean {
  const isIt = (rule: Rule, text: string): boolean => (typeof rule === 'string' ? rule === text : text.startsWith(rule.prefix));
  const holds = (name: keyof Key): boolean => dynamodb.Keys[name]?.S.some((rule) => isIt(rule, key[name])) ?? true;
  return eventName.includes(event) && holds('pk') && holds('sk');
}

/** Which functions are invoked when such a thing happens to an item. */
function woken(event: 'INSERT' | 'MODIFY' | 'REMOVE', key: Key): readonly string[] {
  const found = readers.filter(({ patterns }) => patterns.some((pattern) => matches(pattern, event, key)));
  return found.map(({ id }) => (id.includes('ScheduleJobs') ? 'scheduler' : 'publisher'));
}

const job = jobId('01j00000000000000000000001');
const leaf = { namespace: 'research', user: 'ada', lane: '0' };
const entry = keys.queued({ ...leaf, jobId: job, priority: 500, submittedAtMs: epochMs(1_700_000_000_000) });

describe('the readers of the table’s stream', () => {
  it('are the scheduler and the publisher', () => {
    expect(readers).toHaveLength(2);
  });

  it('start jobs when one enters the queue, when one ends, and when operators change what may start', () => {
    expect(woken('INSERT', entry)).toEqual(['scheduler']);
    expect(woken('INSERT', keys.release({ jobId: job, attempt: 1, cause: 3 }))).toEqual(['scheduler']);
    expect(woken('INSERT', shareKeys.current)).toEqual(['scheduler']);
    expect(woken('MODIFY', shareKeys.current)).toEqual(['scheduler']);
    expect(woken('REMOVE', shareKeys.pause('queue'))).toEqual(['scheduler']);
  });

  it('go on at once where a scheduler ran out of time', () => {
    for (const event of ['INSERT', 'MODIFY'] as const) expect(woken(event, keys.wake)).toEqual(['scheduler']);
  });

  it('publish events as they are written', () => {
    expect(woken('INSERT', keys.event(job, 1))).toEqual(['publisher']);
    expect(woken('INSERT', shareKeys.audit('01j00000000000000000000001'))).toEqual(['publisher']);
  });

  it('sleep through what the scheduler writes itself, and through all else', () => {
    expect(woken('REMOVE', entry)).toEqual([]);
    expect(woken('REMOVE', keys.release({ jobId: job, attempt: 1, cause: 3 }))).toEqual([]);
    for (const key of [keys.share(leaf), keys.lane(leaf), keys.parked(job), keys.lease, keys.job(job), keys.attempt(job, 1)]) {
      expect((['INSERT', 'MODIFY', 'REMOVE'] as const).flatMap((event) => woken(event, key))).toEqual([]);
    }
  });
});
