import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cruise } from 'dependency-cruiser';
import type { IConfiguration } from 'dependency-cruiser';

const { forbidden = [], options }: IConfiguration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

/** A tree of the project's form, in which each file is in the way of nothing until a case makes it import something. */
const files = [
  'bin/orchestrator.ts', 'lib/queue/job-queue.ts', 'core/job/job.ts', 'core/job/ids.ts', 'core/trace/job-trace.ts', 'lambdas/api/get-job/handler.ts',
  'lambdas/adapters/ssm/commands.ts', 'lambdas/runtime/stack.ts', 'sdk/src/client.ts', 'cli/src/main.ts', 'local/main.ts', 'test/fakes/clock.ts',
  'node_modules/zod/index.js', 'node_modules/yaml/index.js', 'node_modules/ulid/index.js',
];
const trees: string[] = [];

/** Names of the rules that a tree breaks in which the first file has that statement. */
async function broken(file: string, statement: string): Promise<readonly string[]> {
  const baseDir = mkdtempSync(join(tmpdir(), 'layers-'));
  trees.push(baseDir);
  for (const name of files) {
    mkdirSync(dirname(join(baseDir, name)), { recursive: true });
    writeFileSync(join(baseDir, name), name === file ? `${statement}\n` : 'export const x = 1;\n');
  }
  const places = files.filter((name) => !name.startsWith('node_modules')).map((name) => name.split('/')[0] ?? '');
  const { output } = await cruise([...new Set(places)], { ...options, ruleSet: { forbidden }, validate: true, baseDir });
  if (typeof output === 'string') throw new Error(output);
  return output.summary.violations.map(({ rule }) => rule.name);
}

const importOf = (target: string): string => `import { x } from '${target}';\nexport const y = x;`;

describe('the law of the layers', () => {
  afterAll(() => {
    for (const tree of trees) rmSync(tree, { recursive: true });
  });

  it.each([
    ['core/job/job.ts', importOf('node:fs'), 'core-is-pure'],
    ['core/job/job.ts', importOf('ulid'), 'core-is-pure'],
    ['core/job/job.ts', importOf('../../lambdas/runtime/stack.ts'), 'core-is-pure'],
    ['core/job/job.ts', "import type { x } from '../../lib/queue/job-queue.ts';\nexport type Y = typeof x;", 'core-is-pure'],
    ['core/job/job.ts', "export const y = import('node:crypto');", 'core-is-pure'],
    ['lambdas/adapters/ssm/commands.ts', importOf('../../api/get-job/handler.ts'), 'adapters-know-core-only'],
    ['lambdas/adapters/ssm/commands.ts', importOf('../../runtime/stack.ts'), 'adapters-know-core-only'],
    ['lambdas/api/get-job/handler.ts', importOf('../../../lib/queue/job-queue.ts'), 'handlers-compose'],
    ['lambdas/api/get-job/handler.ts', importOf('../../../test/fakes/clock.ts'), 'handlers-compose'],
    ['lambdas/api/get-job/handler.ts', importOf('../../../local/main.ts'), 'product-never-knows-local'],
    ['lib/queue/job-queue.ts', importOf('../../lambdas/api/get-job/handler.ts'), 'lib-names-handlers-only'],
    ['bin/orchestrator.ts', importOf('../lambdas/api/get-job/handler.ts'), 'lib-names-handlers-only'],
    ['bin/orchestrator.ts', importOf('../local/main.ts'), 'product-never-knows-local'],
    ['cli/src/main.ts', importOf('../../core/job/job.ts'), 'clients-use-the-sdk'],
    ['cli/src/main.ts', "export * from '../../lambdas/runtime/stack.ts';", 'clients-use-the-sdk'],
    ['sdk/src/client.ts', importOf('../../core/job/job.ts'), 'sdk-stands-alone'],
    ['sdk/src/client.ts', importOf('../../cli/src/main.ts'), 'sdk-stands-alone'],
    ['test/fakes/clock.ts', importOf('./clock.ts'), 'no-cycles'],
  ])('%s may not have %j', async (file, statement, rule) => {
    expect(await broken(file, statement)).toContain(rule);
  });

  it.each([
    ['core/job/job.ts', importOf('./ids.ts')],
    ['core/job/job.ts', importOf('zod')],
    ['core/job/job.ts', importOf('yaml')],
    ['lambdas/adapters/ssm/commands.ts', importOf('../../../core/job/job.ts')],
    ['lambdas/api/get-job/handler.ts', importOf('../../adapters/ssm/commands.ts')],
    ['lib/queue/job-queue.ts', importOf('../../core/job/job.ts')],
    ['local/main.ts', importOf('../cli/src/main.ts')],
    ['cli/src/main.ts', importOf('../../sdk/src/client.ts')],
    ['cli/src/main.ts', importOf('../../core/trace/job-trace.ts')],
    ['local/main.ts', importOf('../lambdas/adapters/ssm/commands.ts')],
  ])('%s may have %j', async (file, statement) => {
    expect(await broken(file, statement)).toEqual([]);
  });
});
