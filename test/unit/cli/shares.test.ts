import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silenceLogs } from '../../builders/logs.ts';
import { openOrch } from './orch.ts';

let cli: Awaited<ReturnType<typeof openOrch>>;

beforeAll(silenceLogs);
beforeEach(async () => { cli = await openOrch(); });
afterEach(async () => cli.close());

const document = [
  'limits: { nodes: 100 }',
  'shares:',
  '  - { name: physics, weight: 3, guarantee: { nodes: 20 } }',
  '  - { name: research, kind: namespace, parent: physics, users: { "Zoë 研究": { weight: 2 } } }',
].join('\n');

describe('orch shares', () => {
  it('applies a file and shows what it changes', async () => {
    const file = await cli.file('shares.yaml', document);
    expect(await cli.orch(['shares', 'apply', file, '--comment', 'a first try'])).toEqual({
      exitCode: 0,
      out: [
        '~ the deployment',
        '    limits.nodes: 100',
        '+ group physics',
        '    weight: 3',
        '    guarantee.nodes: 20',
        '    lend: true',
        '+ namespace research',
        '    parent: physics',
        '    weight: 1',
        '    lend: true',
        '    pendingJobs: 100000',
        '    maxPriority: 1000',
        '    users["*"].weight: 1',
        '+ user Zoë 研究 of namespace research',
        '    weight: 2',
        'version 1 is in force',
        '',
      ].join('\n'),
      err: '',
    });
    expect(await cli.orch(['shares', 'apply', file])).toEqual({ exitCode: 0, out: 'nothing changes: version 1 is in force\n', err: '' });
  });

  it('prints shares that may be applied as they are, of any version', async () => {
    await cli.orch(['shares', 'apply', await cli.file('shares.yaml', document), '--comment', 'a first try']);
    await cli.orch(['shares', 'apply', '-'], { input: 'limits: { nodes: 50 }' });
    const first = await cli.orch(['shares', 'get', '1']);
    expect(first.out).toMatch(/^# version 1, applied by .* at 20.*Z: a first try\nlimits:\n {2}nodes: 100\n/);
    expect((await cli.orch(['shares', 'apply', '-', '--dry-run'], { input: first.out })).out).toContain('limits.nodes: 50 → 100');
    const defaults = await cli.orch(['shares', 'get', '0']);
    expect(defaults.out).toMatch(/^# version 0: nobody has applied shares\nhalfLifeHours: 168\n/);
    expect(JSON.parse((await cli.orch(['shares', 'get', '--json'])).out)).toMatchObject({ version: 2, document: { limits: { nodes: 50 } } });
    expect((await cli.orch(['shares', 'get', '9'])).err).toContain('There is no version 9 of the shares.');
  });

  it('shows what a file would change, and applies nothing', async () => {
    const file = await cli.file('shares.yaml', 'limits: { gpus: 8 }');
    expect((await cli.orch(['shares', 'diff', file])).out).toBe('~ the deployment\n    limits.gpus: 8\nnothing was applied: version 0 is in force\n');
    expect((await cli.orch(['shares', 'apply', file, '--dry-run', '--json'])).out).toContain('"dryRun":true');
    expect(JSON.parse((await cli.orch(['shares', 'get', '--json'])).out)).toMatchObject({ version: 0 });
  });

  it('says every mistake with its place and what was meant', async () => {
    const file = await cli.file('bad.yaml', 'shares:\n  - { name: a, parent: b, wieght: 2 }\n  - { name: b, parent: a }\n');
    expect(await cli.orch(['shares', 'apply', file])).toEqual({
      exitCode: 2,
      out: '',
      err: [
        './bad.yaml:2:24: shares[0].parent: makes a cycle: a → b → a',
        './bad.yaml:2:27: shares[0].wieght: is not a key of shares[0] (did you mean "weight"?)',
        '',
      ].join('\n'),
    });
  });

  it('does not overwrite what somebody else has applied meanwhile', async () => {
    await cli.orch(['shares', 'apply', '-'], { input: 'limits: { nodes: 50 }' });
    const { exitCode, err } = await cli.orch(['shares', 'apply', '-', '--if-version', '0'], { input: 'limits: { nodes: 60 }' });
    expect(exitCode).not.toBe(0);
    expect(err).toContain('Version 1 of the shares is in force');
  });

  it('warns of namespaces that are not served', async () => {
    const { err } = await cli.orch(['shares', 'diff', '-'], { input: 'shares: [{ name: reserch, kind: namespace }]' });
    expect(err).toBe('<stdin>:1:18: warning: shares[0].name: this deployment serves no namespace reserch (did you mean "research"?)\n');
  });
});
