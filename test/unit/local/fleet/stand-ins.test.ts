import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { TestFleet, present, until } from './test-fleet.ts';

jest.setTimeout(60_000);

describe('stand-ins on an instance', () => {
  const fleet = new TestFleet();
  let node = '';
  let other = '';
  const output = async (script: string): Promise<string> => {
    const { StandardOutputContent, StandardErrorContent } = await fleet.run(node, script);
    return `${StandardOutputContent}${StandardErrorContent}`;
  };

  beforeAll(async () => {
    await fleet.start();
    const ids = await fleet.registered(2);
    node = present(ids[0]);
    other = present(ids[1]);
  });
  afterAll(() => fleet.close());

  it('keeps a unit running after the command that started it has ended', async () => {
    await output('systemd-run --unit=late --collect sh -c "until [ -e /data/go ]; do sleep 0.05; done; echo done >/data/late"');
    expect(await output('systemctl is-active late; cat /data/late')).toMatch(/^active\ncat: /);
    await output('touch /data/go; until [ -e /data/late ]; do sleep 0.05; done');
    expect(await output('cat /data/late')).toBe('done\n');
  });

  it('refuses a second unit of the same name', async () => {
    const script = 'systemd-run --unit=once sleep 60; systemd-run --unit=once sleep 60; echo $?; systemctl stop once; systemctl is-active once';
    expect(await output(script)).toMatch(/already loaded.*|1\ninactive/s);
  });

  it('hands the exit code and the output of a unit to whoever waits for it', async () => {
    const script = 'echo in | systemd-run --unit=piped --collect --wait --pipe --quiet --setenv=WORD=out sh -c \'cat; echo $WORD; exit 7\'; echo $?';
    expect(await output(script)).toBe('in\nout\n7\n');
  });

  it('gives a unit a clean environment with the settings of the machine', async () => {
    const script = 'export SECRET=1; systemd-run --unit=clean --collect --wait --pipe --quiet env';
    const environment = await output(script);
    expect(environment).not.toContain('SECRET');
    expect(environment).toContain('AWS_REGION=us-east-1');
  });

  it('shows how a unit failed until it is reset', async () => {
    const script = [
      'systemd-run --quiet --unit=bad sh -c "exit 3"',
      'until systemctl is-failed -q bad; do sleep 0.05; done',
      'systemctl show bad -p Result,ExecMainStatus --value',
      'systemctl reset-failed bad; systemctl show bad -p LoadState',
    ].join('\n');
    expect(await output(script)).toBe('exit-code\n3\nLoadState=not-found\n');
  });

  it('starts a unit again that fails, five times in ten seconds, and none that was asked to end', async () => {
    const weak = [
      'systemd-run --quiet --unit=weak -p Restart=on-failure sh -c "echo >>/data/weak; exit 3"',
      // On a machine so slow that five starts take longer it would never fail.
      'for _ in $(seq 400); do systemctl is-failed -q weak && break; sleep 0.05; done; wc -l </data/weak; systemctl show weak -p NRestarts,Result --value',
    ];
    expect(await output(weak.join('\n'))).toBe('5\n4\nexit-code\n');
    const twice = [
      'systemd-run --quiet --unit=twice -p Restart=on-failure -p StartLimitIntervalSec=600 -p StartLimitBurst=2 sh -c "echo >>/data/twice; exit 3"',
      'until systemctl is-failed -q twice; do sleep 0.05; done; wc -l </data/twice',
    ];
    expect(await output(twice.join('\n'))).toBe('2\n');
    const asked = [
      'systemd-run --quiet --unit=asked -p Restart=on-failure sh -c "echo >>/data/asked; exec sleep 60"; until [ -e /data/asked ]; do sleep 0.05; done',
      'systemctl kill asked; until systemctl is-failed -q asked; do sleep 0.05; done; wc -l </data/asked',
    ];
    expect(await output(asked.join('\n'))).toBe('1\n');
  });

  it('can start a unit anew at once when it has been stopped, and stops one that has failed', async () => {
    const script = [
      'for round in 1 2 3; do',
      '  systemd-run --quiet --unit=again sleep 60 || exit 1',
      // So that it takes a while to remove it.
      '  mkdir /run/fleet/units/again/files; touch /run/fleet/units/again/files/{1..3000}',
      '  systemctl stop again',
      'done',
      'systemd-run --quiet --unit=fails sh -c "exit 1"; until systemctl is-failed -q fails; do sleep 0.05; done; systemctl stop fails; systemctl is-active fails',
    ].join('\n');
    expect(await output(`bash -c '${script}' 2>&1`)).toBe('failed\n');
  });

  it('ends a unit that runs for too long, and all of its processes', async () => {
    const script = [
      'systemd-run --quiet --unit=slow -p RuntimeMaxSec=1 -p TimeoutStopSec=1 sh -c "trap \'\' TERM; sleep 61 & sleep 62; sleep 63"',
      'until systemctl is-failed -q slow; do sleep 0.05; done',
      'systemctl show slow -p Result --value; pgrep -f "sleep 6[123]" | wc -l',
    ].join('\n');
    expect(await output(script)).toBe('timeout\n0\n');
  });

  it('writes the output of a unit where its properties say', async () => {
    const script = 'systemd-run --quiet --wait --unit=log -p StandardOutput=append:/data/log -p WorkingDirectory=/data sh -c "pwd; echo error >&2"; cat /data/log';
    expect(await output(script)).toBe('/data\nerror\n');
  });

  it('runs a service from its unit file', async () => {
    const script = [
      'mkdir -p /etc/systemd/system',
      'printf "[Service]\\nEnvironment=WORD=hello\\nExecStart=/bin/sh -c \\"echo $WORD >/data/service; exec sleep 60\\"\\n" >/etc/systemd/system/agent.service',
      'systemctl daemon-reload; systemctl enable --now agent; until [ -s /data/service ]; do sleep 0.05; done',
      'cat /data/service; systemctl is-active agent; systemctl stop agent; systemctl is-active agent',
    ].join('\n');
    expect(await output(script)).toContain('active\ninactive\n');
  });

  it('has a service once that is started while it waits to be started again', async () => {
    const script = [
      'mkdir -p /etc/systemd/system; touch /data/waits',
      'printf "[Service]\\nRestart=on-failure\\nRestartSec=1\\nExecStart=/bin/sh -c \\"while [ -e /data/waits ]; do sleep 0.05; done; [ -e /data/well ] || exit 1; exec sleep 600\\"\\n" >/etc/systemd/system/flaky.service',
      'systemctl start flaky; rm /data/waits; until [ "$(systemctl show flaky -p ActiveState --value)" = activating ]; do sleep 0.05; done',
      'touch /data/well; systemctl start flaky; systemctl is-active flaky; pgrep -f "supervise-unit flaky" | wc -l; systemctl stop flaky',
    ].join('\n');
    expect(await output(script)).toBe('active\n1\n');
  });

  it('runs a container with its mounts and variables and nothing else of the caller', async () => {
    const script = [
      'mkdir -p /data/in; echo content >/data/in/file; export OUTER=1',
      'docker run --rm --network host -v /data/in:/mnt/in -v /data:/data -e WORD=x -w /mnt/in --entrypoint sh amazonlinux:2023 -c \'cat file; echo "$WORD$OUTER"; exit 4\'',
      'echo $?; ls /mnt/in',
    ].join('\n');
    expect(await output(script)).toBe('content\nx\n4\n');
  });

  it('refuses an image that is not known, as docker does', async () => {
    const answer = await output('docker run --rm nobody/nothing:1 true; echo $?');
    expect(answer).toContain("Unable to find image 'nobody/nothing:1' locally");
    expect(answer).toContain('125');
  });

  it('refuses a command that the image lacks', async () => {
    expect(await output('docker run --rm bash no-such-program; echo $?')).toMatch(/executable file not found.*|127/s);
  });

  it('kills a named container', async () => {
    const script = [
      'docker run --name long bash sleep 60 & client=$!',
      'until [ -n "$(docker ps)" ]; do sleep 0.05; done',
      'docker kill long; wait $client; echo $?; docker rm long; docker ps',
    ].join('\n');
    expect(await output(script)).toBe('long\n137\nlong\n');
  });

  it('mounts a folder that another instance exports, and only then', async () => {
    const address = present(fleet.simulator.context.instances.get(node)).address;
    const refused = await fleet.run(other, `mount -t nfs4 ${address}:/data /data; echo $?`);
    expect(refused.StandardErrorContent).toContain('access denied');
    await output('echo "/data *(rw,no_root_squash)" >/etc/exports; systemctl enable --now nfs-server; exportfs -ra; echo head >/data/who');
    const mounted = await fleet.run(other, `mount -t nfs4 -o nfsvers=4.2 ${address}:/data /data && cat /data/who && echo worker >/data/from-worker`);
    expect(mounted.StandardOutputContent).toBe('head\n');
    expect(await output('cat /data/from-worker')).toBe('worker\n');
    expect((await fleet.run(other, 'umount /data && ls /data')).StandardOutputContent).toBe('');
  });

  it('ends the instance that powers itself off', async () => {
    await fleet.send('poweroff', { InstanceIds: [other] });
    await until(() => fleet.simulator.context.instances.get(other)?.state === 'terminated');
    expect(fleet.simulator.context.instances.get(other)?.stateReason?.code).toBe('Client.InstanceInitiatedShutdown');
  });
});
