import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present } from './test-fleet.ts';

jest.setTimeout(60_000);

describe('an instance', () => {
  const fleet = new TestFleet();
  let ids: string[] = [];
  const output = async (script: string, index = 0) => {
    const result = await fleet.run(present(ids[index]), script);
    return `${result.StandardOutputContent}${result.StandardErrorContent}`;
  };

  beforeAll(async () => {
    await fleet.start();
    ids = await fleet.registered(2);
  });
  afterAll(() => fleet.close());

  it('says on its control API how it is shut in', async () => {
    const state = await fleet.control('GET', 'state');
    expect(state).toMatchObject({ isolation: 'namespaces' });
  });

  it('cannot write into the checkout, the kernel or a disk', async () => {
    const target = resolve('written-by-an-instance');
    const script = [
      `touch ${target}; mount -o remount,rw ${process.cwd()}; touch ${target}`,
      'echo 1 >/proc/sys/kernel/panic; mknod /tmp/disk b 254 0; ls /dev | grep -c "^[svx]*d[a-z]"',
      'unshare -m true; echo $?',
    ].join('\n');
    const said = await output(script);
    expect(said).toContain('Read-only file system');
    expect(said).toContain('Operation not permitted');
    expect(said).toMatch(/^0\n1\n/m);
    expect(existsSync(target)).toBe(false);
  });

  it('has folders of its own, and leaves nothing outside', async () => {
    const mark = `mark-${Math.random()}`;
    const places = ['/data', '/tmp', '/var/tmp', '/run', '/root', '/etc', '/usr/local/bin', '/'];
    expect(await output(places.map((place) => `touch ${place}/${mark} && echo ${place}`).join('; '))).toBe(`${places.join('\n')}\n`);
    expect(await output(`find / -xdev -name ${mark} 2>/dev/null | wc -l`, 1)).toBe('0\n');
    expect(places.filter((place) => existsSync(`${place}/${mark}`))).toEqual([]);
  });

  it('cannot make the simulator write or mount elsewhere by links', async () => {
    const said = await output('mv /run/fleet/runs /run/fleet/away; rm /run/fleet/environment; echo x >/run/fleet/environment');
    expect(said.match(/busy|Read-only file system/g)).toHaveLength(3);
    expect(await fleet.run(present(ids[0]), 'rm -rf /run/fleet/runs/*')).toMatchObject({ Status: 'Failed', ResponseCode: -1 });
    const address = present(fleet.simulator.context.instances.get(present(ids[0]))).address;
    await output('ln -s / /data/out; systemctl start nfs-server; exportfs "*:/data"');
    for (const source of ['/data/../../..', '/data/out']) {
      expect(await output(`mount -t nfs4 -o retry=0 ${address}:${source} /mnt; echo $?`, 1)).toContain('cannot be mounted');
    }
  });

  it('sees and signals no process but its own', async () => {
    expect(await output('kill -0 $PPID; ls /proc | grep -c "^[0-9]"')).toMatch(/^\d\n$/);
    await fleet.send('kill -9 -- -1', { InstanceIds: [present(ids[0])] });
    expect(await output('echo alive', 1)).toBe('alive\n');
  });

  it('has the environment of an instance and no more', async () => {
    const names = (await output('env | cut -d= -f1 | sort | tr "\\n" " "')).trim().split(' ');
    expect(names.filter((name) => !/^(AWS_.*|PATH|HOME|LANG|PWD|OLDPWD|SHLVL|_)$/.test(name))).toEqual([]);
  });
});
