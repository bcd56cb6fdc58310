import { expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../local/eventually.ts';
import { identityOf } from '../../../local/process-identity.ts';
import { endTree, startTree } from '../../../local/process-tree.ts';

it('a command ends with all that it started, in whatever session that is', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tree-'));
  const script = '(setsid sh -c "echo \\$\\$ > apart; exec sleep 600" &); sleep 600 & echo $! > beside; wait';
  const tree = startTree('sh', ['-c', script], { cwd: directory, env: { PATH: '/usr/bin:/bin' } });
  const pid = (name: string): Promise<number> =>
    eventually(`${name} has begun`, () => { try { return Number(readFileSync(join(directory, name), 'utf8')) || false; } catch { return false; } }, { timeoutMs: 20_000, pollMs: 10 });
  const started = [tree.child.pid ?? 0, await pid('beside'), await pid('apart')];
  expect(started.map((each) => identityOf(each) === undefined)).toEqual([false, false, false]);

  await endTree(tree);

  await eventually('none runs', () => started.every((each) => identityOf(each) === undefined), { timeoutMs: 20_000, pollMs: 10 });
  rmSync(directory, { recursive: true });
});
