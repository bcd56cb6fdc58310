import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');

/** Test files by name, whose tests say what they should come to. */
const files: Readonly<Record<string, string>> = {
  plain: `
    it('passed', () => expect({ a: 1 }).toEqual({ a: 1 }));
    it('failed', () => expect(1).toBe(2));
    it.skip('pending', () => {});
    it('failed in time', () => new Promise(() => {}), 10);
    it('failed for what it did not ask', () => { expect.assertions(1); });
    describe('of a broken hook', () => { beforeEach(() => { throw new Error('hook'); }); it('failed', () => {}); });
    it.each([1, 2])('passed %d', (number) => expect(number).toBeGreaterThan(0));`,
  'a-changes': `
    import { state } from '${root}/test/unit/runner/state.ts';
    it('passed', () => {
      state.changedBy.push('a'); process.env.CHANGED = 'a'; jest.setTimeout(10); jest.spyOn(Math, 'max').mockImplementation(() => -1);
      expect(state.changedBy).toEqual(['a']);
    });`,
  'b-changes': `
    import { state } from '${root}/test/unit/runner/state.ts';
    it('passed', async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      state.changedBy.push('b');
      expect([state.changedBy, process.env.CHANGED, Math.max(1, 2)]).toEqual([['b'], undefined, 2]);
    });`,
  throws: "throw new Error('as it loads');",
  strays: "it('passed', () => { void Promise.reject(new Error('nobody waits')); });",
  exits: "it('ends the process', () => process.exit(0));",
};

interface Report {
  readonly success: boolean;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string; readonly assertionResults: readonly { readonly title: string; readonly status: string }[] }[];
}

let folder: string;
let report: Report;

/** Runs Jest on the files, one at a time. */
async function runJest(): Promise<Report> {
  const config = { rootDir: folder, runner: join(root, 'test/runner/runner.ts'), testMatch: ['<rootDir>/*.test.mjs'], transform: {} };
  const output = join(folder, 'report.json');
  const words = [join(root, 'node_modules/jest/bin/jest.js'), '--config', JSON.stringify(config), '--maxWorkers', '1', '--json', '--outputFile', output];
  await new Promise((resolve) => { execFile(process.execPath, words, resolve); });
  return JSON.parse(await readFile(output, 'utf8')) as Report;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runner-'));
  const globals = "import { beforeEach, describe, expect, it, jest } from '@jest/globals';\n";
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, `${name}.test.mjs`), globals + text)));
  report = await runJest();
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

const of = (name: string) => report.testResults.find((result) => result.name === join(folder, `${name}.test.mjs`));

describe('the runner of quick tests', () => {
  it('tells each test as what it came to', () => {
    const told = of('plain')?.assertionResults ?? [];
    expect(told).toHaveLength(8);
    for (const { title, status } of told) expect(title.split(' ')[0]).toBe(status);
    expect(of('plain')?.message).toContain('Expected: 2');
  });

  it('keeps from a file what another changed in modules, the environment and globals', () => {
    expect([of('a-changes')?.status, of('b-changes')?.status]).toEqual(['passed', 'passed']);
  });

  it.each([['throws', 'as it loads'], ['strays', 'nobody waits'], ['exits', 'The process that ran the file ended: 0.']])('fails a file that %s', (name, message) => {
    expect(of(name)).toMatchObject({ status: 'failed', message: expect.stringContaining(message) });
    expect(report.success).toBe(false);
  });
});
