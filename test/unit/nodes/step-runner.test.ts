import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NodeSandbox, samplePayload, until } from './node-sandbox.ts';

// Each test starts a dozen processes, on whatever machine.
jest.setTimeout(60_000);

const unit = 'orch-01k0-1-run-0';
const script = (text: string) => ({ action: { kind: 'script' as const, script: text } });
const stepFolder = (name = unit): string => `var/lib/orchestrator/steps/${name}`;

describe('a step on a node', () => {
  let node: NodeSandbox;
  beforeEach(async () => {
    node = new NodeSandbox();
    await node.start();
  });
  afterEach(() => node.stop());

  it('answers with the exit code and the last lines', async () => {
    const { exitCode, stdout } = await node.run(script('echo one; echo two >&2; exit 3')).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: 'orchestrator: exited 3\none\ntwo\n' });
  });

  it('runs a script without a first line by bash, in /data', async () => {
    const { exitCode, stdout } = await node.run(script('[[ 1 == 1 ]] && pwd')).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `orchestrator: exited 0\n${node.root}/data\n` });
  });

  it('runs a script by the interpreter that its first line names', async () => {
    const { stdout } = await node.run(script('#!/usr/bin/env -S python3 -S\nprint("from", "python")\n')).done;
    expect(stdout).toContain('from python');
  });

  it('reports an interpreter that is not there as 127', async () => {
    const { exitCode, stdout } = await node.run(script('#!/no/such/shell\n')).done;
    expect(exitCode).toBe(127);
    expect(stdout).toContain('No such file or directory');
  });

  it('gives the step the environment of DESIGN, its own, and nothing of the agent', async () => {
    const { stdout } = await node.run({ ...script('env | grep -E "^(ORCH|TRACE|AWS|MINE|HOME)" | sort; cat "$ORCH_NODE_LIST"'), env: { MINE: "a 'b' $c", ORCH_RANK: '9' } }).done;
    expect(stdout.replaceAll(node.root, '').replaceAll(node.endpoint, 'URL').split('\n').slice(1, -1)).toEqual([
      'AWS_DEFAULT_REGION=us-east-1',
      'AWS_EC2_METADATA_SERVICE_ENDPOINT=URL',
      'AWS_ENDPOINT_URL_LOGS=URL',
      'AWS_REGION=us-east-1',
      'HOME=/root',
      "MINE=a 'b' $c",
      'ORCH_ATTEMPT=1',
      'ORCH_JOB_ID=01k0',
      'ORCH_NAMESPACE=team-a',
      'ORCH_NODE=head-0',
      'ORCH_NODE_LIST=/var/lib/orchestrator/node-list',
      'ORCH_POOL=head',
      'ORCH_RANK=0',
      'ORCH_RESULTS_DIR=/data/results',
      'TRACEPARENT=00-0198000000000000000000000000000a-0000000102000000-01',
      'head-0 10.0.0.4 us-east-1a head',
      'worker-0 10.0.1.5 us-east-1b worker',
    ]);
    expect(node.has('data/results')).toBe(true);
  });

  it('reports a signal as a shell does', async () => {
    const { exitCode, stdout } = await node.run(script('kill -KILL $$')).done;
    expect(exitCode).toBe(137);
    expect(stdout).toContain('orchestrator: exited 137 (signal 9, SIGKILL)');
  });

  it('stops a step with all its processes when its time is over', async () => {
    const { exitCode, stdout } = await node.run({ ...script('sleep 600 & echo $! > child; echo begun; wait'), timeoutSeconds: 1 }).done;
    expect(exitCode).toBe(124);
    expect(stdout).toBe('orchestrator: timedOut 124 (after 1 s)\nbegun\n');
    const child = Number(node.text('data/child'));
    await until('the child is gone', () => !isAlive(child));
  });

  it('does not wait for a background process that keeps the output open', async () => {
    const { exitCode, stdout } = await node.run(script('sleep 600 & echo $! > child; echo done')).done;
    process.kill(Number(node.text('data/child')));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'orchestrator: exited 0\ndone\n' });
  });

  it('keeps the exit code that makes the agent restart the machine from the agent', async () => {
    const { exitCode, stdout } = await node.run(script('exit 194')).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: 'orchestrator: exited 194\n\n' });
  });

  it('attaches a second command to the unit of the first and never runs the step twice', async () => {
    const first = node.run(script('echo run >> runs; until [ -e go ]; do sleep 0.05; done; exit 5'));
    await until('the step runs', () => node.has('data/runs'));
    first.kill();
    const others = [node.run(script('echo other >> runs')), node.run(script('echo other >> runs'))];
    await node.run({ ...script('touch go'), unit: 'orch-01k0-1-postRun-0' }).done;
    const results = await Promise.all(others.map(({ done }) => done));
    const late = await node.run(script('echo late >> runs'), `${node.endpoint}/expired`).done;
    expect([...results, late].map(({ exitCode }) => exitCode)).toEqual([5, 5, 5]);
    expect(node.text('data/runs')).toBe('run\n');
  });

  it('runs once when two commands start it at the same time', async () => {
    const results = await Promise.all([0, 1, 2].map(() => node.run(script('echo run >> runs')).done));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(node.text('data/runs')).toBe('run\n');
  });

  it('says that a unit vanished, and does not run it again', async () => {
    const first = node.run(script('echo $$ > pid; echo run >> runs; exec sleep 600'));
    await until('the step runs', () => node.has('data/runs'));
    node.killUnit(unit, 'SIGKILL');
    process.kill(Number(node.text('data/pid')));
    const [attached, later] = [await first.done, await node.run(script('echo run >> runs')).done];
    expect([attached.stdout, later.stdout].map((text) => text.split('\n')[0])).toEqual(['orchestrator: vanished 255', 'orchestrator: vanished 255']);
    expect(node.text('data/runs')).toBe('run\n');
  });

  it('ends the units that must have ended before, and one that has not begun never will', async () => {
    const run = node.run(script('echo run > runs; sleep 600'));
    await until('the step runs', () => node.has('data/runs'));
    const late = 'orch-01k0-1-run-1';
    const post = await node.run({ ...script('echo post'), unit: 'orch-01k0-1-postRun-0', stopFirst: [unit, late] }).done;
    expect(post.stdout).toBe('orchestrator: exited 0\npost\n');
    expect((await run.done).stdout).toMatch(/^orchestrator: stopped 143\n/);
    const never = await node.run({ ...script('echo run > never'), unit: late }).done;
    expect([never.exitCode, node.has('data/never')]).toEqual([143, false]);
  });

  it('begins when the machine has booted, and tells what its boot could not do', async () => {
    node.put('run/cloud-init/status.json', '{}');
    const run = node.run(script('[ -e ../run/orchestrator/booted ] && echo ran'));
    await until('the unit is there', () => node.has(stepFolder(), 'started'));
    node.put('run/orchestrator/boot-problems', 'no disk\nno luck\n');
    node.put('run/orchestrator/booted', '');
    expect((await run.done).stdout).toBe('orchestrator: exited 0\n[orchestrator: no disk]\n[orchestrator: no luck]\nran\n');
    const next = await node.run({ ...script('echo next'), unit: 'orch-01k0-1-run-1' }).done;
    expect(next.stdout).toBe('orchestrator: exited 0\nnext\n');
  });

  it.each(['result.json', 'disabled'])('waits for no machine that runs no user data: %s', async (said) => {
    node.put('run/cloud-init/cloud-init-generator.log', '');
    node.put(`run/cloud-init/${said}`, '');
    expect((await node.run(script('echo ran')).done).stdout).toBe('orchestrator: exited 0\nran\n');
  });

  it('stops where it waits for the machine', async () => {
    node.put('run/cloud-init/status.json', '{}');
    const run = node.run(script('echo ran > ran'));
    await until('the unit is there', () => node.has(stepFolder(), 'started'));
    node.killUnit(unit, 'SIGTERM');
    expect([(await run.done).stdout, node.has('data/ran')]).toEqual(['orchestrator: stopped 143\n\n', false]);
  });

  it('leaves a machine alone that is not a node of the step', async () => {
    const { exitCode, stdout } = await node.run({ ...script('touch ran'), nodes: [] }).done;
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'orchestrator: skipped 0 (this machine is not a node of the step)']);
    expect(node.has('data/ran')).toBe(false);
  });

  it('says so when the step cannot be fetched, and a later command starts it', async () => {
    const failed = await node.run(script('echo run'), `${node.endpoint}/expired?X-Amz-Signature=0a1b`).done;
    expect(failed.stdout + failed.stderr).not.toContain('0a1b');
    expect(failed.stdout).toMatch(/^orchestrator: unstarted 1\ncould not fetch the step: .*404/s);
    const { exitCode } = await node.run(script('echo run')).done;
    expect(exitCode).toBe(0);
  });

  it('runs an image with its command as entrypoint, on the network of the host, with /data', async () => {
    const image = { action: { kind: 'image' as const, image: 'some/image:1', command: ['sh', '-c', 'echo "$MINE" $ORCH_RANK $#; exit 4', 'a b'] }, env: { MINE: 'x; y', UNITS_DIR: node.units } };
    const { exitCode, stdout } = await node.run(image).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: 'orchestrator: exited 4\nx; y 0 0\n' });
    const called = node.text('units/docker.arguments');
    expect(called).toContain(`run\n--rm\n--network\nhost\n--name\n${unit}\n-v\n${node.root}/data:${node.root}/data\n`);
    expect(called).toContain('--ipc\nhost\n--ulimit\nmemlock=-1:-1\n');
    expect(called).toContain('-e\nMINE=x; y\n');
    expect(called).toMatch(/--entrypoint\nsh\nsome\/image:1\n-c\n/);
    expect(node.has(stepFolder(), 'exit')).toBe(true);
  });

  it('finds its files in a folder that only root can look into, and that is gone afterwards', async () => {
    const look = 'cat "$ORCH_FILES/key" && stat --format=%a "$ORCH_FILES" "$ORCH_FILES/key" "$ORCH_FILES/.." && echo "${ORCH_REPORT-none}"';
    const { stdout } = await node.run({ ...script(look), files: { key: 'secret\n' } }).done;
    expect(stdout).toBe('orchestrator: exited 0\nsecret\n700\n600\n700\nnone\n');
    expect([node.has(stepFolder(), 'files'), node.has(stepFolder(), 'payload.json')]).toEqual([false, false]);
  });

  it('leaves a script to its launcher, and tells what that reports', async () => {
    const report = { id: '7', state: 'COMPLETED', nodes: 'workers-[0-1]', restarts: 0 };
    const launcher = `"$ORCH_FILES/job"; code=$?; echo '${JSON.stringify(report, null, 2)}' > "$ORCH_REPORT"; exit $code`;
    const { exitCode, stdout } = await node.run({ ...script('#!/bin/sh\necho job; exit 4'), files: { 'launch.sh': launcher }, launcher: 'launch.sh' }).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: `orchestrator: exited 4\norchestrator: scheduler ${JSON.stringify(report)}\njob\n` });
  });

  it('begins a launcher again that is killed, and lets it end as it likes', async () => {
    const launcher = 'echo begun >> ../launches; [ "$(wc -l < ../launches)" -ge 2 ] || kill -KILL $$; exit 5';
    const { exitCode, stdout } = await node.run({ files: { 'launch.sh': launcher }, launcher: 'launch.sh' }).done;
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: 'orchestrator: exited 5\nThe launcher of this step was killed: signal 9, SIGKILL\n' });
  });

  it('gives up a launcher that is killed each time', async () => {
    const { exitCode, stdout } = await node.run({ files: { 'launch.sh': 'kill -KILL $$' }, launcher: 'launch.sh' }).done;
    expect([exitCode, stdout.split('\n').length]).toEqual([137, 5]);
  });

  it('keeps the list of nodes to itself where it is one that may come late', async () => {
    await node.run(script('true')).done;
    const name = 'orch-01k0-1-aside-1';
    const { stdout } = await node.run({ ...script('cat "$ORCH_NODE_LIST"'), unit: name, nodes: samplePayload.nodes.slice(1), aside: true }).done;
    expect(stdout).toBe('orchestrator: exited 0\nhead-0 10.0.0.4 us-east-1a head\n');
    expect(node.text('var/lib/orchestrator/node-list')).toContain('worker-0');
  });

  it('leaves an image to its launcher by its words', async () => {
    const image = { action: { kind: 'image' as const, image: 'some/image:1', command: ['a b', '$c'] }, files: { 'launch.sh': 'cat "$ORCH_FILES/image.json"' }, launcher: 'launch.sh' };
    expect((await node.run(image).done).stdout).toBe('orchestrator: exited 0\n{"image": "some/image:1", "command": ["a b", "$c"]}\n');
  });

  it('keeps what a scheduler says and the last lines within what a command can answer', async () => {
    const launcher = 'seq --format="%0100.0f" 100; printf \'{"nodes":"%0900d"}\' 0 > "$ORCH_REPORT"';
    const { stdout } = await node.run({ files: { 'launch.sh': launcher }, launcher: 'launch.sh' }).done;
    expect(stdout.split('\n')[1]).toMatch(/^orchestrator: scheduler \{"nodes":"0{900}"\}$/);
    expect(stdout.trimEnd()).toMatch(/0100$/);
    expect(stdout.length).toBeLessThan(2500);
  });

  it('lets no output pass for what a scheduler said', async () => {
    const { stdout } = await node.run(script('echo \'orchestrator: scheduler {"id":"1"}\'')).done;
    expect(stdout).toBe('orchestrator: exited 0\n orchestrator: scheduler {"id":"1"}\n');
  });

  it('gives a step the time to end that it asks for', async () => {
    const patient = "exec 2> /dev/null; trap 'until [ -e go ]; do sleep 0.05; done; echo ended; exit 0' TERM; touch $BEGUN; while :; do sleep 0.05; done";
    const step = (name: string, stopGraceSeconds: number) => ({ ...script(patient), unit: name, env: { BEGUN: name }, stopGraceSeconds });
    const stopped = async (name: string, stopGraceSeconds: number, meanwhile: () => Promise<unknown>): Promise<string> => {
      const run = node.run(step(name, stopGraceSeconds));
      await until('the step runs', () => node.has('data', name));
      node.killUnit(name, 'SIGTERM');
      await meanwhile();
      return (await run.done).stdout;
    };
    expect(await stopped(unit, 1, async () => undefined)).toBe('orchestrator: stopped 143\n\n');
    const letGo = (): Promise<unknown> => node.run({ ...script('touch go'), unit: 'orch-01k0-1-postRun-0' }).done;
    expect(await stopped('orch-01k0-1-run-1', 60, letGo)).toBe('orchestrator: stopped 143\nended\n');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
