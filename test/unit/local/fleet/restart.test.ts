import { afterAll, describe, expect, it, jest } from '@jest/globals';

import { GetCommandInvocationCommand } from '@aws-sdk/client-ssm';

import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

describe('a simulator that comes back', () => {
  const fleet = new TestFleet();
  afterAll(() => fleet.close());

  it('goes on with instances, units, commands, faults and market', async () => {
    await fleet.start();
    const [id] = await fleet.registered(1);
    const node = present(id);
    await fleet.run(node, 'systemd-run --quiet --unit=job sh -c "until [ -e /data/go ]; do sleep 0.05; done; echo end >>/data/unit"');
    const commandId = await fleet.send('echo begin >>/data/runs; until [ -e /data/go ]; do sleep 0.05; done; echo out; exit 5', { InstanceIds: [node] });
    await until(async () => (await fleet.run(node, 'test -s /data/runs')).Status === 'Success');
    await fleet.control('PUT', 'market', { noticeSeconds: 77 });
    await fleet.control('POST', 'faults', { kind: 'neverRegister', jobId: 'other' });

    await fleet.pause();
    await fleet.start();

    expect(await fleet.control('GET', 'state')).toMatchObject({ live: 1, market: { noticeSeconds: 77 }, faults: [{ kind: 'neverRegister' }] });
    await fleet.run(node, 'touch /data/go');
    await fleet.commandEnds(commandId);
    const result = await fleet.ssm.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: node }));
    expect(result).toMatchObject({ ResponseCode: 5, StandardOutputContent: 'out\n' });
    const files = await fleet.run(node, 'until [ -e /data/unit ]; do sleep 0.05; done; cat /data/runs /data/unit');
    expect(files.StandardOutputContent).toBe('begin\nend\n');
  });
});
