import { afterAll, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../local/eventually.ts';
import { heldInstances, holderOf } from '../../../local/fleet/instances/holder.ts';
import { kill } from '../../../local/fleet/instances/process-table.ts';
import { freePort } from '../../../local/ports.ts';
import { logTail, startDetached } from '../../../local/processes.ts';
import { writeRecord } from '../../../local/record.ts';
import { stopServers } from '../../../local/servers.ts';
import { TestFleet } from './fleet/test-fleet.ts';

jest.setTimeout(60_000);

const fleet = new TestFleet();
const instances = join(fleet.directory, 'instances');
const dir = mkdtempSync(join(tmpdir(), 'servers-'));

afterAll(() => {
  for (const id of heldInstances(instances)) {
    const holder = holderOf(join(instances, id));
    if (holder !== undefined) kill(holder, 'process');
  }
  for (const folder of [dir, fleet.directory]) rmSync(folder, { recursive: true, force: true });
});

it('instances end with their cloud also where the simulator ends by itself and leaves them', async () => {
  await fleet.start();
  await fleet.registered(1);
  await fleet.pause();
  expect(heldInstances(instances)).toHaveLength(1);
  symlinkSync(fleet.directory, join(dir, 'fleet'));
  const simulator = await startDetached({
    name: 'fleet', command: 'sh', arguments: ['-c', 'trap "exit 1" TERM; echo begun; while :; do sleep 0.01; done'], environment: { PATH: '/usr/bin:/bin' },
    directory: dir, logFile: join(dir, 'fleet.log'),
  });
  await eventually('it takes signals', () => logTail(simulator).includes('begun'), { timeoutMs: 20_000, pollMs: 10 });
  const site = { dir, port: await freePort(), fleetPort: await freePort(), temporary: join(dir, 'temporary') };
  writeRecord({ site, processes: [simulator], bootstrapped: false, outputs: {} });

  await expect(stopServers(dir)).resolves.toBe(true);

  expect(heldInstances(instances)).toEqual([]);
  expect(existsSync(join(dir, 'fleet'))).toBe(false);
});
