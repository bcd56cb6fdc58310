import { describe, expect, it, jest } from '@jest/globals';
import { aNamespace } from '../../builders/scheduling.ts';
import { ownDynamo } from '../../contract/store/own-dynamo.ts';
import { SchedulerSite } from './scheduler-site.ts';

jest.setTimeout(120_000);

const dynamo = ownDynamo();
const MINUTE_MS = 60_000;

describe('a job that a limit of its namespace held, and then a pause', () => {
  it('tells both in its trace, in their order, and how long each did', async () => {
    const site = await SchedulerSite.open(dynamo.client(), { namespaces: [aNamespace('research', { limits: { runningJobs: 1 } })] });
    const look = async (minutes: number): Promise<void> => {
      await site.schedule();
      site.clock.advance(minutes * MINUTE_MS);
    };
    const [first, second] = [await site.submit('first'), await site.submit('second', { user: 'bob' })];
    await look(1);
    await look(2);
    await site.pause(true);
    await site.end(first);
    await look(5);
    await look(1);
    await site.pause(false);
    await look(0);
    await site.end(second);
    const [waits, none] = await Promise.all([second, first].map(async (id) => (await site.trace(id)).spans.find(({ name }) => name === 'PENDING')));
    expect(waits?.events.map(({ name, attributes: of }) => [name, of['orchestrator.waited.code'], of['orchestrator.message'], of['orchestrator.waited.seconds']])).toEqual([
      ['Waited', 'LimitReached', 'for a limit of namespace research', 180],
      ['Waited', 'Paused', 'for the end of a pause of the queue, by ops: for the test', 360],
    ]);
    expect(waits?.attributes).toMatchObject({ 'orchestrator.waited.codes': ['LimitReached', 'Paused'] });
    expect(none?.events).toEqual([]);
  });
});
