import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silenceLogs } from '../../builders/logs.ts';
import { credentials } from '../../builders/served-api.ts';
import { openOrch } from './orch.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Programs start one after the other, on a machine that may be busy. */
const PATIENCE_MS = 120_000;

let folder: string;
let cli: Awaited<ReturnType<typeof openOrch>> | undefined;

/** Runs a program in the empty folder as a user's shell does, and answers what it writes. */
async function run(program: string, ...words: readonly string[]): Promise<string> {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const env = {
    PATH: path, HOME: folder, npm_config_cache: join(folder, 'cache'), ORCH_API_URL: cli?.served.url ?? '', AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  // Compilers complain on standard output.
  const { stdout } = await promisify(execFile)(program, words, { cwd: folder, env })
    .catch((error: Error & { stdout?: string }) => { throw new Error(`${error.message}\n${error.stdout}`); });
  return stdout;
}

beforeAll(async () => {
  silenceLogs();
  folder = await mkdtemp(join(tmpdir(), 'packed-'));
  cli = await openOrch();
  await run(process.execPath, join(root, 'bin', 'pack.ts'), '--out', 'packages');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
}, PATIENCE_MS);
afterAll(async () => {
  try {
    await cli?.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

const packed = async (name: string): Promise<string> => {
  const file = (await readdir(join(folder, 'packages'))).find((each) => each.includes(`-${name}-`) && each.endsWith('.tgz'));
  return join(folder, 'packages', file ?? `no package ${name}`);
};

describe('the packed command line', () => {
  it('is installed without a registry and works without the checkout', async () => {
    await run('npm', 'install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', await packed('cli'));
    const orch = join('node_modules', '.bin', 'orch');
    const { version } = JSON.parse(await readFile(join(root, 'cli', 'package.json'), 'utf8')) as { version: string };
    expect(await run(orch, '--version')).toBe(`${version}\n`);
    expect(await run(orch, '--help')).toMatch(/^Usage: orch /);
    expect(await run(orch, 'queue', '--json')).toMatch(/^\{.*"pending":0/);
    const installed = await readdir(join(folder, 'node_modules', '@advanced-orchestrator', 'cli'));
    expect(installed.toSorted()).toEqual(['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.txt', 'dist', 'package.json']);
  }, PATIENCE_MS);
});

describe('the packed SDK', () => {
  const modules = (): string => join(folder, 'node_modules');

  beforeAll(async () => {
    const home = join(modules(), '@advanced-orchestrator', 'sdk');
    await mkdir(home, { recursive: true });
    await run('tar', '-xzf', await packed('sdk'), '-C', home, '--strip-components', '1');
    const { dependencies } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { dependencies: object };
    // In place of a registry: those that it names, and the types of Node, which AWS's own packages leave to their users.
    for (const name of [...Object.keys(dependencies), '@types/node']) {
      await mkdir(dirname(join(modules(), name)), { recursive: true });
      await symlink(join(root, 'node_modules', name), join(modules(), name));
    }
  }, PATIENCE_MS);

  it('is loaded by plain Node, and has all that it imports', async () => {
    await writeFile(join(folder, 'use.js'), `
      import { OrchestratorClient, jobStates } from '@advanced-orchestrator/sdk';
      const { pending } = await new OrchestratorClient().getQueue();
      console.log(pending, jobStates.includes('RUNNING'));
    `);
    expect(await run(process.execPath, 'use.js')).toBe('0 true\n');
  }, PATIENCE_MS);

  it('has types, which the compiler holds its users to', async () => {
    await writeFile(join(folder, 'use.ts'), `
      import { OrchestratorClient, type JobState, type SubmitOptions } from '@advanced-orchestrator/sdk';
      export const stateOf = async (jobId: string): Promise<JobState> => (await new OrchestratorClient().getJob({ namespace: 'bio', jobId })).state;
      // @ts-expect-error a key is text
      export const mistaken: SubmitOptions = { idempotencyKey: 7 };
    `);
    const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--lib', 'esnext,dom', '--types', 'node'];
    expect(await run(join(root, 'node_modules', '.bin', 'tsc'), ...strict, 'use.ts')).toBe('');
  }, PATIENCE_MS);
});
