import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

import { GetCommandInvocationCommand } from '@aws-sdk/client-ssm';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { processesAt, tracesIn } from '../../../../local/fleet/leftovers.ts';
import { hostsAreHere } from './hosts-here.ts';
import { PYTHON, TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(120_000);

/** A fleet with two instances, and what its tests ask of them. */
function twoInstances(hosts: boolean) {
  const fleet = new TestFleet({ hosts });
  const ids: string[] = [];
  const id = (index: number) => present(ids[index]);
  const recorded = (index: number) => present(fleet.simulator.context.instances.get(id(index)));
  return {
    fleet, id, recorded,
    begin: async () => {
      await fleet.start();
      ids.push(...(await fleet.registered(2, { zones: 'a' })));
    },
    output: async (script: string, index = 0) => {
      const { StandardOutputContent, StandardErrorContent } = await fleet.run(id(index), script);
      return `${StandardOutputContent}${StandardErrorContent}`;
    },
    firstProcess: (index: number): number =>
      JSON.parse(readFileSync(join(fleet.directory, 'instances', id(index), 'holder.json'), 'utf8')).pid,
  };
}

const KINDS = [
  { kind: 'processes', hosts: false, isolation: 'namespaces' },
  { kind: 'hosts', hosts: true, isolation: 'hosts' },
] as const;

describe.each(KINDS.filter(({ hosts }) => !hosts || hostsAreHere(PYTHON)))('instances that are $kind', ({ hosts, isolation }) => {
  const { fleet, id, recorded, begin, output, firstProcess } = twoInstances(hosts);
  beforeAll(begin);
  afterAll(() => fleet.close());

  it('run commands, and the control API says what they are', async () => {
    expect(await output('echo hello')).toBe('hello\n');
    expect(await fleet.control('GET', 'state')).toMatchObject({ isolation });
  });

  it('have a name, files and processes of their own', async () => {
    await output('touch /data/mine /tmp/mine /etc/mine; systemd-run --quiet --unit=mine sleep 1234');
    expect(await output('hostname')).toBe(`ip-${recorded(0).address.replaceAll('.', '-')}\n`);
    const traces = 'ls -d /data/* /tmp/* /etc/mine 2>/dev/null | wc -l; cat /proc/[0-9]*/cmdline | tr "\\0" "\\n" | grep -xc "12[3]4"';
    expect(await output(traces, 0)).toMatch(/^3\n[1-9]\d*\n$/);
    expect(await output(traces, 1)).toBe('0\n0\n');
  });

  it('reach the cloud and the metadata service where their environment says', async () => {
    const script = [
      'token=$(curl -sX PUT -H "x-aws-ec2-metadata-token-ttl-seconds: 60" "$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/api/token")',
      'curl -s -H "x-aws-ec2-metadata-token: $token" "$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/meta-data/instance-id"; echo',
      'curl -s -o /dev/null -w "%{http_code}" "$AWS_ENDPOINT_URL_EC2/_fleet/state"',
    ].join('\n');
    expect(await output(script)).toBe(`${id(0)}\n200`);
    expect(await output(script, 1)).toBe(`${id(1)}\n200`);
  });

  it('mount folders of one another', async () => {
    await output('mkdir -p /data/out && echo shared >/data/out/file; systemctl start nfs-server; exportfs "*:/data/out"');
    expect(await output(`mount -t nfs4 ${recorded(0).address}:/data/out /mnt && cat /mnt/file && umount /mnt`, 1)).toBe('shared\n');
  });

  it('may be given other names, by any of the ways, and hosts files of their own', async () => {
    const ways = ['hostname gpu-0', 'hostnamectl --transient set-hostname gpu-1', 'echo gpu-2 >/proc/sys/kernel/hostname'];
    for (const [index, way] of ways.entries()) {
      expect(await output(`${way}; hostname; cat /proc/sys/kernel/hostname`)).toBe(`gpu-${index}\ngpu-${index}\n`);
    }
    expect(await output('hostname', 1)).toBe(`ip-${recorded(1).address.replaceAll('.', '-')}\n`);
    expect(await output('echo "10.9.9.9 gpu-9" >/etc/hosts.new; cat /etc/hosts >>/etc/hosts.new; mv /etc/hosts.new /etc/hosts; getent hosts gpu-9')).toContain('10.9.9.9');
    expect(await output('grep -c gpu-9 /etc/hosts', 1)).toBe('0\n');
  });

  it('go on while their simulator is away, and reach it when it is back', async () => {
    const commandId = await fleet.send('echo began >/data/began; until [ -e /data/go ]; do sleep 0.05; done; exit 5', { InstanceIds: [id(0)] });
    await until(async () => (await fleet.run(id(0), 'test -s /data/began')).Status === 'Success');
    const before = [firstProcess(0), firstProcess(1)];
    await fleet.pause();
    await fleet.start();
    // It listens elsewhere now, unlike one with a port of its own.
    await until(async () => (await output('curl -s -o /dev/null -w "%{http_code}" "$AWS_ENDPOINT_URL_EC2/_fleet/state"')) === '200');
    await output('touch /data/go');
    await fleet.commandEnds(commandId);
    const result = await fleet.ssm.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: id(0) }));
    expect(result.ResponseCode).toBe(5);
    expect([firstProcess(0), firstProcess(1)]).toEqual(before);
  });

  it('end as one, and leave no process, mount, interface or folder', async () => {
    const folder = join(fleet.directory, 'instances', id(1));
    await output('systemd-run --quiet --unit=stays sleep 4321; setsid -f sleep 4321', 1);
    await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id(1)] }));
    await until(() => !existsSync(folder) && processesAt(folder).length === 0);
    expect(await output('echo alive')).toBe('alive\n');
    await fleet.close();
    await until(() => processesAt(fleet.directory).length === 0);
    expect(tracesIn(fleet.directory)).toEqual([]);
    expect(existsSync(fleet.directory)).toBe(false);
  });
});

(hostsAreHere(PYTHON) ? describe : describe.skip)('a host', () => {
  const { fleet, id, recorded, begin, output, firstProcess } = twoInstances(true);
  const serve = `systemd-run --quiet --unit=web python3 -m http.server 8000 --bind 0.0.0.0 --directory /data; echo $(hostname) >/data/name
    until curl -s -o /dev/null http://127.0.0.1:8000/name; do sleep 0.05; done`;
  beforeAll(begin);
  afterAll(() => fleet.close());

  it('is reached by its address and its names, on ports that others use too', async () => {
    expect(await output(serve, 0)).toBe('');
    expect(await output(serve, 1)).toBe('');
    const { address } = recorded(1);
    const name = `ip-${address.replaceAll('.', '-')}`;
    for (const place of [address, name, `${name}.ec2.internal`]) {
      expect(await output(`curl -s -m 5 http://${place}:8000/name`)).toBe(`${name}\n`);
    }
    expect(await output('curl -s http://localhost:8000/name', 1)).toBe(`${name}\n`);
  });

  it('does not reach the machine: neither its loopback, but for the cloud, nor its addresses', async () => {
    const server = createServer((_request, response) => response.end('the machine')).listen(0, '127.0.0.1');
    await until(() => server.listening);
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('the machine');
    expect(await output(`curl -s -m 2 http://127.0.0.1:${port}; echo $?`)).toBe('7\n');
    const own = Object.values(networkInterfaces()).flat().filter((network) => network?.family === 'IPv4' && !network.internal);
    for (const address of own.map((network) => network?.address)) {
      expect(await output(`bash -c ": </dev/tcp/${address}/22" 2>&1 | grep -c "refused"`)).toBe('0\n');
    }
    expect(await output('ls /sys/class/net | tr "\\n" " "')).toBe('eth0 lo ');
    server.close();
  });

  it('asks for its metadata at the address that all instances know', async () => {
    const said = await output('curl -s -o /dev/null -w "%{http_code}" http://169.254.169.254/latest/meta-data/; getent ahostsv6 nobody; echo $?');
    expect(said).toBe('4012\n');
  });

  it('has tini as its first process, which leaves no zombie', async () => {
    expect(await output('cat /proc/1/comm; for i in 1 2 3; do setsid -f true; done; until ! grep -qs "^State:.Z" /proc/[0-9]*/status; do sleep 0.05; done'))
      .toMatch(/init|tini/);
  });

  it('has its network again when what carries it was killed with the simulator', async () => {
    const { pid } = JSON.parse(readFileSync(join(fleet.directory, 'network', 'network.json'), 'utf8'));
    await fleet.pause();
    process.kill(pid, 'SIGKILL');
    await fleet.start();
    const name = `ip-${recorded(1).address.replaceAll('.', '-')}`;
    await until(async () => (await output(`curl -s -m 1 http://${name}:8000/name`)) === `${name}\n`);
    await until(async () => (await output('curl -s -o /dev/null -w "%{http_code}" "$AWS_ENDPOINT_URL_EC2/_fleet/state"')) === '200');
  });

  it('is gone at once with its first process, and is no longer found by its name', async () => {
    const folder = join(fleet.directory, 'instances', id(1));
    process.kill(firstProcess(1), 'SIGKILL');
    await until(() => processesAt(`${folder}/`).length === 0);
    await fleet.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id(1)] }));
    await until(async () => !(await output('cat /etc/hosts')).includes(id(1)));
    expect(await output('cat /etc/hosts')).toContain(id(0));
  });
});
