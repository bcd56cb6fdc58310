import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import type { Config } from '@jest/types';
import { eventually } from '../../../local/eventually.ts';
import { identityOf } from '../../../local/process-identity.ts';
import { TestProcess, type Answer } from '../../runner/test-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-process-'));
const project = { rootDir: folder, testMatch: [] as string[] } as Config.ProjectConfig;
const started: TestProcess[] = [];

function start(limitMs?: number): TestProcess {
  const process = new TestProcess({} as Config.GlobalConfig, limitMs);
  started.push(process);
  return process;
}

/** Runs a test file of one test. */
function run(process: TestProcess, name: string, test: string): Promise<Answer> {
  const file = join(folder, `${name}.test.mjs`);
  writeFileSync(file, `import { it } from '@jest/globals';\nimport { writeFileSync } from 'node:fs';\nit('passed', () => { ${test} });`);
  return process.run(file, project);
}

afterEach(() => {
  for (const process of started.splice(0)) process.end();
});
afterAll(() => rmSync(folder, { recursive: true }));

it('a file that never comes to an end fails, and the next one runs', async () => {
  const process = start(3_000);

  const hangs = await run(process, 'hangs', 'for (;;);');

  expect(hangs).toMatchObject({ error: { message: 'The process that ran the file has not come to an end in 3 s.' } });
  expect((await run(process, 'next', '')).result?.numPassingTests).toBe(1);
}, 60_000);

it('a file runs though the process before it died, when it had answered', async () => {
  const process = start();
  const pidFile = join(folder, 'pid');
  const answer = await run(process, 'dies', `writeFileSync('${pidFile}', String(process.pid)); setTimeout(() => process.exit(), 50);`);
  expect(answer.result?.numPassingTests).toBe(1);
  await eventually('it has died', () => identityOf(Number(readFileSync(pidFile, 'utf8'))) === undefined, { timeoutMs: 20_000, pollMs: 10 });

  expect((await run(process, 'after', '')).result?.numPassingTests).toBe(1);
}, 60_000);
