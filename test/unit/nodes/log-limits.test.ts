import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NodeSandbox, until } from './node-sandbox.ts';

const MiB = 2 ** 20;
const script = (text: string) => ({ action: { kind: 'script' as const, script: text } });
/** Beyond what a step may log there are its last 200 lines and the notices. */
const endBytes = 200 * 500;

// A gigabyte is a few seconds' work, on a machine that has others too.
jest.setTimeout(120_000);

describe('the output of a step that says more than its log takes', () => {
  let node: NodeSandbox;
  beforeEach(async () => {
    node = new NodeSandbox();
    await node.start();
  });
  afterEach(() => node.stop());

  it('is cut, with a notice and its end, and the step goes on while the log service hangs', async () => {
    const letGo = node.hangLogs();
    const gigabyte = `yes "$(printf 'x%.0s' {1..99})" | head -c 1073741800; seq 300; touch printed`;
    const run = node.run({ ...script(gigabyte), logBytes: 4 * MiB });
    await until('all is printed', () => node.has('data/printed'), 5000);
    expect(node.logged()).toEqual([]);
    letGo();
    expect((await run.done).exitCode).toBe(0);
    expect(node.loggedBytes()).toBeGreaterThan(2 * MiB);
    expect(node.loggedBytes()).toBeLessThan(3 * MiB + endBytes);
    const lines = node.logged();
    const shown = lines.filter(({ message }) => !message.startsWith('[orchestrator'));
    expect(lines.findIndex(({ message }) => message.includes('from here on is left out'))).toBe(shown.length - 200);
    expect(shown.slice(-200).map(({ message }) => message)).toEqual(Array.from({ length: 200 }, (_, n) => String(n + 101)));
    const whole = shown.length - 200;
    expect(lines.at(-201)).toMatchObject({ leftOutLines: 10_737_418 + 100 - whole });
  });

  it('is left out only as long as the log service is slow, and what is left out is counted', async () => {
    const letGo = node.hangLogs();
    const run = node.run(script('seq 150000; touch printed; until [ -e go ]; do sleep 0.05; done; seq 150001 150100'));
    await until('all is printed', () => node.has('data/printed'), 5000);
    letGo();
    await until('the log has gone on', () => node.logged().some(({ leftOutLines = 0 }) => leftOutLines > 0));
    await node.run({ ...script('touch go'), unit: 'orch-01k0-1-postRun-0' }).done;
    await run.done;
    let next = 1;
    for (const { message, leftOutLines } of node.logged()) {
      if (leftOutLines === undefined) expect(Number(message)).toBe(next);
      next += leftOutLines ?? 1;
    }
    expect(next).toBe(150_101);
    expect(node.logged().filter(({ message }) => message.includes('slower than the step'))).toHaveLength(1);
  });

  it('keeps no step from its end where the log service never answers, and the next one tells what is lost', async () => {
    const letGo = node.hangLogs();
    const { exitCode, stdout } = await node.run(script('seq 1000; exit 3')).done;
    expect([exitCode, stdout.split('\n')[0], node.logged()]).toEqual([3, 'orchestrator: exited 3', []]);
    letGo();
    await node.run({ ...script('echo here'), unit: 'orch-01k0-1-postRun-0' }).done;
    expect(node.logged()).toMatchObject([{ lostLines: 1000 }, { message: 'here' }]);
  });

  it('is the less the more earlier steps of the node have said, but never less than a little', async () => {
    const loud = script(`yes "$(printf 'x%.0s' {1..99})" | head -n 40000`);
    await node.run({ ...loud, logBytes: 2 * MiB }).done;
    const first = node.loggedBytes();
    await node.run({ ...loud, logBytes: 2 * MiB, unit: 'orch-01k0-1-run-1' }).done;
    const [each, all] = [1.5 * MiB, node.loggedBytes()];
    expect([first > each, first < each + endBytes]).toEqual([true, true]);
    expect([all - first > MiB, all - first < MiB + endBytes]).toEqual([true, true]);
  });

  it('is counted also of a step that was killed', async () => {
    const run = node.run({ ...script('head -c 6000000 /dev/zero | tr "\\0" x; echo; sleep 60'), logBytes: 32 * MiB });
    const account = 'var/lib/orchestrator/steps/orch-01k0-1-run-0/logged.json';
    await until('what it has said so far is noted', () => node.has(account));
    node.killUnit('orch-01k0-1-run-0', 'SIGKILL');
    await run.done;
    expect((JSON.parse(node.text(account)) as { bytes: number }).bytes).toBeGreaterThan(4 * MiB);
  });

  it('is whole where a line has ten million bytes', async () => {
    await node.run(script(String.raw`head -c 10000000 /dev/zero | tr '\0' x; echo; echo end`)).done;
    const messages = node.logged().map(({ message }) => message);
    expect(messages.slice(0, -1).join('')).toBe('x'.repeat(10_000_000));
    expect(messages.at(-1)).toBe('end');
  });
});
