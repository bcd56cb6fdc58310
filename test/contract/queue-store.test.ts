import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LANES } from '../../benchmarks/queue-store/backlog.ts';
import { MeasuredQueue, RUNNING, type CycleCost } from '../../benchmarks/queue-store/measured-queue.ts';
import { startMiniStack, type MiniStack } from './ministack.ts';

jest.setTimeout(180_000);

/** Each lane has less than a cycle reads of it at first, then more. */
const SHALLOW = 5 * LANES;
const DEEP = 3 * SHALLOW;
/** What longer keys and lists may add to a read. */
const SLACK_UNITS = 5;

interface Costs {
  readonly full: CycleCost;
  readonly turnover: CycleCost;
}

describe('a cycle over the table', () => {
  let cloud: MiniStack;
  let queue: MeasuredQueue;
  let shallow: Costs;
  let deep: Costs;

  const costsAt = async (pending: number): Promise<Costs> => {
    await queue.fill(pending);
    return { full: await queue.full(), turnover: await queue.turnover() };
  };

  beforeAll(async () => {
    cloud = await startMiniStack();
    queue = await MeasuredQueue.create(cloud.endpoint);
    shallow = await costsAt(SHALLOW);
    deep = await costsAt(DEEP);
  });

  afterAll(async () => {
    queue?.close();
    await cloud?.stop();
  });

  it('takes three calls and reads no queue while as many jobs run as may', () => {
    expect([shallow.full.calls, deep.full.calls]).toEqual([3, 3]);
    expect(deep.full.readUnits).toBeLessThan(LANES / 10);
  });

  it('counts every end and starts as many jobs, at whatever depth', () => {
    expect(shallow.turnover).toMatchObject({ admitted: RUNNING, released: RUNNING });
    expect(deep.turnover).toMatchObject({ admitted: RUNNING, released: RUNNING, calls: shallow.turnover.calls });
    expect(deep.turnover.readUnits).toBeLessThanOrEqual(shallow.turnover.readUnits + SLACK_UNITS);
    expect(deep.turnover.writeUnits).toBeLessThanOrEqual(shallow.turnover.writeUnits + 2 * SLACK_UNITS);
  });

  it('writes less than twenty units for a start and its end', () => {
    expect(deep.turnover.writeUnits / RUNNING).toBeLessThan(20);
  });
});
