import { afterEach, describe, expect, it } from '@jest/globals';
import { epochMs, jobId } from '../../../core/job/ids.ts';
import type { LogQuery } from '../../../core/ports/job-logs.ts';
import { CloudWatchJobLogs } from '../../../lambdas/adapters/cloudwatch/cloudwatch-job-logs.ts';
import { InMemoryLogGroup } from '../../fakes/in-memory-log-group.ts';

const id = jobId('01hjob0000000000000000000a');
let group: InMemoryLogGroup;

const opened = async (chunk?: number, scan?: number, mostMs?: number): Promise<CloudWatchJobLogs> => {
  group = new InMemoryLogGroup(chunk, scan);
  return new CloudWatchJobLogs(await group.open(), 'jobs', mostMs);
};
const write = (node: string, atMs: number, message: string, step = 'run/0', attempt = 1): void =>
  group.write(`${id}/${attempt}/${node}`, atMs, JSON.stringify({ step, message }));

/** All messages, page by page. */
async function readAll(logs: CloudWatchJobLogs, query: Partial<LogQuery>, limit: number): Promise<readonly string[]> {
  const messages: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await logs.read({ jobId: id, ...query }, limit, cursor);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    messages.push(...page.items.map(({ message }) => message));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return messages;
}

describe('CloudWatchJobLogs', () => {
  afterEach(() => group.close());

  it('shows where a line comes from', async () => {
    const logs = await opened();
    write('head-0', 1000, 'hello', 'configure/0', 2);
    group.write(`${id}/1/head-0`, 2000, 'no JSON');
    const { items } = await logs.read({ jobId: id }, 10);
    expect(items).toEqual([
      { id: '0', atMs: 1000, attempt: 2, node: 'head-0', step: 'configure/0', message: 'hello' },
      { id: '1', atMs: 2000, attempt: 1, node: 'head-0', step: '', message: 'no JSON' },
    ]);
  });

  it('reads lines that say what they are of, and those of before, and takes no notice of what else they say', async () => {
    const logs = await opened();
    write('head-0', 1000, 'before');
    const identity = { jobId: id, attempt: 1, namespace: 'a', node: 'head-0', step: 'run/0', traceId: '0'.repeat(32), spanId: '0'.repeat(16) };
    group.write(`${id}/1/head-0`, 1001, JSON.stringify({ ...identity, overwrittenBytes: 7, message: 'now' }));
    const { items } = await logs.read({ jobId: id, step: 'run/0' }, 10);
    expect(items).toEqual([['0', 1000, 'before'], ['1', 1001, 'now']].map(([eventId, atMs, message]) => ({ id: eventId, atMs, attempt: 1, node: 'head-0', step: 'run/0', message })));
  });

  it.each([1, 2, 3, 7, 100])('shows each line once in pages of %i, also many of one millisecond', async (limit) => {
    const logs = await opened(4);
    const written = Array.from({ length: 25 }, (_, n) => `line ${n}`);
    for (const [n, message] of written.entries()) write('head-0', n < 15 ? 1000 : 1000 + n, message);
    expect(await readAll(logs, {}, limit)).toEqual(written);
  });

  it('filters by attempt, node and step, and from a time on', async () => {
    const logs = await opened();
    write('worker-1', 1000, 'a', 'configure/0');
    write('worker-10', 1001, 'b');
    write('worker-1', 1002, 'c');
    write('worker-1', 1003, 'd', 'run/0', 2);
    expect(await readAll(logs, { attempt: 1, node: 'worker-1' }, 10)).toEqual(['a', 'c']);
    expect(await readAll(logs, { node: 'worker-1', step: 'run/0' }, 10)).toEqual(['c', 'd']);
    expect(await readAll(logs, { attempt: 2 }, 10)).toEqual(['d']);
    expect(await readAll(logs, { sinceMs: epochMs(1002) }, 10)).toEqual(['c', 'd']);
  });

  it('goes on from a cursor with what was written since', async () => {
    const logs = await opened();
    write('head-0', 1000, 'a');
    write('head-0', 1001, 'b');
    const first = await logs.read({ jobId: id }, 1);
    write('head-0', 1001, 'c');
    const rest = await logs.read({ jobId: id }, 10, first.cursor);
    expect(rest.items.map(({ message }) => message)).toEqual(['b', 'c']);
  });

  it('answers with few bytes at once, however long the lines are', async () => {
    const logs = await opened();
    const long = Array.from({ length: 70 }, (_, n) => `${n}${'\u0001'.repeat(20_000)}`);
    for (const [n, message] of long.entries()) write('head-0', 1000 + n, message);
    const first = await logs.read({ jobId: id }, 1000);
    expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(3 * 1024 * 1024);
    expect(first.items.length).toBeGreaterThan(1);
    expect(await readAll(logs, {}, 1000)).toEqual(long);
  });

  it('reads little more than it answers, however long the lines are', async () => {
    const logs = await opened(8);
    for (let n = 0; n < 400; n += 1) write('head-0', 1000 + Math.floor(n / 20), 'x'.repeat(128 * 1024));
    const { items, cursor } = await logs.read({ jobId: id }, 1000);
    expect(items.length).toBeGreaterThanOrEqual(15);
    // A megabyte each, as CloudWatch answers.
    expect(group.calls).toBeLessThanOrEqual(3);
    group.calls = 0;
    const next = await logs.read({ jobId: id }, 1000, cursor);
    expect(next.items.length).toBeGreaterThanOrEqual(15);
    expect(group.calls).toBeLessThanOrEqual(5);
  });

  it('makes few calls where a filter lets little through, and says that there is more', async () => {
    const logs = await opened(10);
    for (let n = 0; n < 300; n += 1) write('head-0', 1000 + n, 'noise');
    write('head-0', 2000, 'found', 'postRun/0');
    const page = await logs.read({ jobId: id, step: 'postRun/0' }, 2);
    expect(page.items).toEqual([]);
    expect(page.cursor).toBeDefined();
    expect(group.calls).toBeLessThanOrEqual(10);
    expect(await readAll(logs, { step: 'postRun/0' }, 2)).toEqual(['found']);
  });

  it('reads a long log with as few calls as CloudWatch allows', async () => {
    // Lines of 340 bytes: a megabyte of them.
    const logs = await opened(3000);
    for (let n = 0; n < 12_000; n += 1) write('head-0', 1000 + n, String(n));
    expect(await readAll(logs, {}, 10_000)).toHaveLength(12_000);
    expect(group.calls).toBeLessThanOrEqual(6);
  });

  it('goes on where it left a search that had found nothing, in a log that others write', async () => {
    const logs = await opened(100, 5);
    for (let n = 0; n < 500; n += 1) group.write('01hjob0000000000000000000b/1/head-0', 1000 + n, 'of another job');
    for (let n = 0; n < 3; n += 1) write('head-0', 2000, `found ${n}`);
    const first = await logs.read({ jobId: id, sinceMs: epochMs(1000) }, 2);
    expect([first.items, group.calls]).toEqual([[], 10]);
    group.calls = 0;
    expect(await readAll(logs, { sinceMs: epochMs(1000) }, 2)).toEqual(['found 0', 'found 1', 'found 2']);
    // A hundred and one of the search, and those of the pages after it.
    expect(group.calls).toBeLessThan(110);
  });

  it('skips what it has shown of a millisecond also where that takes more calls than a page has', async () => {
    const logs = await opened(5);
    const written = Array.from({ length: 120 }, (_, n) => `line ${n}`);
    for (const message of written) write('head-0', 1000, message);
    expect(await readAll(logs, {}, 70)).toEqual(written);
  });

  it('searches anew where CloudWatch knows its token no more', async () => {
    const logs = await opened(100, 5);
    for (let n = 0; n < 60; n += 1) group.write('01hjob0000000000000000000b/1/head-0', 1000 + n, 'of another job');
    write('head-0', 2000, 'found');
    const { cursor } = await logs.read({ jobId: id, sinceMs: epochMs(1000) }, 2);
    group.forgetTokens();
    const again = await logs.read({ jobId: id, sinceMs: epochMs(1000) }, 2, cursor);
    expect(again.items).toEqual([]);
    expect((await logs.read({ jobId: id, sinceMs: epochMs(1000) }, 2, again.cursor)).items).toMatchObject([{ message: 'found' }]);
  });

  it('looks for nothing after an end', async () => {
    const logs = await opened(100, 5);
    write('head-0', 1000, 'a');
    write('head-0', 2000, 'b');
    for (let n = 0; n < 500; n += 1) group.write('01hjob0000000000000000000b/1/head-0', 2001 + n, 'of another job');
    expect(await readAll(logs, { untilMs: epochMs(2000) }, 10)).toEqual(['a', 'b']);
    expect(group.calls).toBe(1);
  });

  it('says when to come back where CloudWatch takes no more calls', async () => {
    const logs = await opened();
    group.faultAt = () => 'throttled';
    await expect(logs.read({ jobId: id }, 10)).rejects.toMatchObject({ name: 'QuotaExceededError', details: { retryAfterSeconds: 5 } });
  });

  it.each(['throttled', 'silent'] as const)('shows what it has where CloudWatch is %s in the middle of a page, and the rest with the next', async (fault) => {
    const logs = await opened(2, undefined, fault === 'silent' ? 300 : undefined);
    for (let n = 0; n < 5; n += 1) write('head-0', 1000, `line ${n}`);
    group.faultAt = (call) => (call === 2 ? fault : undefined);
    const { items, cursor } = await logs.read({ jobId: id }, 10);
    expect(items.map(({ message }) => message)).toEqual(['line 0', 'line 1']);
    expect((await logs.read({ jobId: id }, 10, cursor)).items.map(({ message }) => message)).toEqual(['line 2', 'line 3', 'line 4']);
  });

  it('does not wait for a service that does not answer', async () => {
    const logs = await opened(2, undefined, 50);
    group.faultAt = () => 'silent';
    await expect(logs.read({ jobId: id }, 10)).rejects.toMatchObject({ name: 'DependencyThrottledError' });
  });

  it('waits no longer than whoever asks', async () => {
    const logs = await opened();
    const given = new AbortController();
    group.faultAt = () => {
      given.abort(new Error('enough'));
      return 'silent';
    };
    await expect(logs.read({ jobId: id }, 10, undefined, given.signal)).rejects.toThrow('enough');
  });

  it.each(['x', '1', '1.', '-1.0', '1.2.3', '1.2.3.', '1.2.x.YQ', 'MTAw'])('refuses the cursor %s', async (cursor) => {
    const logs = await opened();
    await expect(logs.read({ jobId: id }, 1, cursor)).rejects.toMatchObject({ name: 'InvalidRequestError' });
  });
});
