import { beforeEach, describe, expect, it } from '@jest/globals';
import { epochMs, jobId } from '../../../core/job/ids.ts';
import { machineId } from '../../../lambdas/adapters/simulated/simulated-ids.ts';
import type { SimulatedAttempt, SimulatedRecords } from '../../../lambdas/adapters/simulated/simulated-records.ts';
import { changeRecord, nothingOf } from '../../../lambdas/adapters/simulated/simulated-records.ts';

const key = { jobId: jobId('01hjob0000000000000000000a'), attempt: 1 };
const machine = { instanceType: 'm6i.large', zone: 'us-east-1a', market: 'spot', pool: 'workers', address: '198.18.0.1', launchedAtMs: epochMs(1000) } as const;
const withMachine = (record: SimulatedAttempt): SimulatedAttempt => ({
  ...record, machines: [...record.machines, { ...machine, instanceId: machineId(record, record.machines.length + 1) }],
});

/** What records of the simulated cloud promise, wherever they are kept. */
export function describeSimulatedRecords(name: string, open: () => Promise<SimulatedRecords>): void {
  describe(`SimulatedRecords: ${name}`, () => {
    let records: SimulatedRecords;

    beforeEach(async () => {
      records = await open();
    });

    it('know nothing of an attempt at first, and keep what is put', async () => {
      expect(await records.get(key)).toEqual({ revision: 0, record: nothingOf(key) });
      expect(await records.list()).toEqual([]);
      const record = withMachine(nothingOf(key));
      expect(await records.put(record, 0)).toBe(true);
      expect((await records.get(key)).record).toEqual(record);
      expect(await records.list()).toEqual([{ ...key, machines: record.machines }]);
      expect(await records.ofJob(key.jobId)).toEqual([record]);
      expect(await records.ofJob(jobId('01hother000000000000000000'))).toEqual([]);
      expect(await records.get({ ...key, attempt: 2 })).toMatchObject({ revision: 0 });
    });

    it('list the machines that live, and nothing of attempts that are over', async () => {
      const ended = (record: SimulatedAttempt, index: number): SimulatedAttempt => ({
        ...record, machines: record.machines.map((each, at) => (at === index ? { ...each, goneAtMs: epochMs(2000) } : each)),
      });
      const two = withMachine(withMachine(nothingOf(key)));
      const one = ended(two, 0);
      expect(await records.put(two, 0)).toBe(true);
      expect(await records.put(one, 1)).toBe(true);
      expect(await records.list()).toEqual([{ ...key, machines: two.machines.slice(1) }]);
      const unit = { name: 'train', tail: '', runs: [], commands: [] };
      const busy = { ...one, units: { [`orch-${key.jobId}-1-run-0`]: unit } };
      expect(await records.put(busy, 2, true)).toBe(true);
      expect(await records.list()).toEqual([{ ...key, machines: two.machines.slice(1) }]);
      const none = ended(busy, 1);
      expect(await records.put(none, 3)).toBe(true);
      expect(await records.list()).toEqual([]);
      expect(await records.ofJob(key.jobId)).toEqual([none]);
      expect(await records.put(withMachine(none), 4)).toBe(true);
      expect(await records.list()).toEqual([{ ...key, machines: withMachine(none).machines.slice(2) }]);
    });

    it('refuse what was made from an older reading', async () => {
      expect(await records.put(withMachine(nothingOf(key)), 0)).toBe(true);
      expect(await records.put(nothingOf(key), 0)).toBe(false);
      const { record, revision } = await records.get(key);
      expect(await records.put(withMachine(record), revision)).toBe(true);
      expect(await records.put(nothingOf(key), revision)).toBe(false);
      expect((await records.get(key)).record.machines).toHaveLength(2);
    });

    it('lose no change of many that are made at once', async () => {
      await Promise.all(Array.from({ length: 5 }, () => changeRecord(records, key, (record) => ({ answer: undefined, next: withMachine(record) }))));
      expect((await records.get(key)).record.machines).toHaveLength(5);
    });
  });
}
