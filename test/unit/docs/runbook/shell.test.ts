import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseConfiguration } from '../../../../lib/configuration/load.ts';
import { dashboardDefinitions } from '../../../../lib/observability/dashboards/definitions.ts';
import { grafanaNames } from '../../../../lib/observability/dashboards/grafana/names.ts';
import { observed } from '../../../../lib/observability/dashboards/observed.ts';
import { savedQueries } from '../../../../lib/observability/queries.ts';
import { root, textOf } from '../pages.ts';

/** Functions of the shell that the runbook has people paste: the blocks that begin a line. */
const blocks = [...textOf('docs/runbook/README.md').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
const functions = blocks.filter((block) => /^\w+\(\) \{/m.test(block)).join('\n');

const query = 'filter jobId = "JOB_ID"\n| sort @timestamp asc';
const answers = {
  'lambda list-functions': [{ Functions: [
    { FunctionName: 'orchestrator-Api-1', Description: 'orchestrator: api/get-job' }, { FunctionName: 'orchestrator-Events-2', Description: 'orchestrator: lifecycle/reconcile' },
  ] }],
  'lambda get-function-configuration': [{ LoggingConfig: { LogGroup: 'reconcile-logs' } }],
  'logs filter-log-events': [{ events: [{ message: '{"level":"ERROR","message":"a"}' }, { message: '{"level":"ERROR","message":"b"}' }] }],
  'logs describe-query-definitions': [{ queryDefinitions: [{ name: 'orchestrator/a job: everything', queryString: query, logGroupNames: ['one', 'two'] }] }],
  'logs start-query': [{ queryId: 'q-1' }],
  'logs get-query-results': [{ status: 'Scheduled', results: [] }, { status: 'Complete', results: [
    [{ field: '@timestamp', value: '2025-01-01 00:00:00.000' }, { field: 'message', value: 'first line' }], [{ field: '@timestamp', value: '2025-01-01 00:00:01.000' }, { field: 'message', value: 'second' }],
  ] }],
  'ec2 describe-instances': [{ Reservations: [
    { Instances: [{ InstanceId: 'i-1', State: { Name: 'running' }, LaunchTime: 'then', Tags: [{ Key: 'orchestrator:job', Value: 'job-1' }] }] },
    { Instances: [{ InstanceId: 'i-2', State: { Name: 'pending' }, LaunchTime: 'now', Tags: [] }] },
  ] }],
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-'));
  writeFileSync(join(folder, 'aws'), `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'test/unit/docs/runbook/fake-aws.ts')}' "$@"\n`);
  chmodSync(join(folder, 'aws'), 0o755);
  writeFileSync(join(folder, 'answers'), JSON.stringify(answers));
});

afterAll(() => { rmSync(folder, { recursive: true }); });

/** What a person sees who pastes the functions and then types this; and how `aws` was called. */
function typed(command: string): { readonly output: string; readonly calls: readonly (readonly string[])[] } {
  writeFileSync(join(folder, 'calls'), '');
  const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, AWS_ANSWERS: join(folder, 'answers'), AWS_CALLS: join(folder, 'calls') };
  const output = execFileSync('bash', ['-c', `set -e\n${functions}\n${command}`], { encoding: 'utf8', env, timeout: 60_000 });
  const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as string[]);
  return { output, calls };
}

/** What an option was given, up to the next. */
function given(calls: readonly (readonly string[])[], operation: string, option: string): readonly string[] {
  const call = calls.find(([, called]) => called === operation) ?? [];
  const rest = call.slice(call.indexOf(option) + 1);
  const end = rest.findIndex((word) => word.startsWith('--'));
  return end === -1 ? rest : rest.slice(0, end);
}

/** Of a time in so many milliseconds. */
const hoursSince = (time: string | undefined, unit: number): number => Math.round((Date.now() - Number(time) * unit) / 3_600_000);

describe('the shell functions of the runbook', () => {
  it('find a function and its errors, a line each, of the last day', () => {
    const { output, calls } = typed('errors lifecycle/reconcile');
    expect(output).toBe('{"level":"ERROR","message":"a"}\n{"level":"ERROR","message":"b"}\n');
    expect(given(calls, 'get-function-configuration', '--function-name')).toEqual(['orchestrator-Events-2']);
    expect(given(calls, 'filter-log-events', '--log-group-name')).toEqual(['reconcile-logs']);
    expect(given(calls, 'filter-log-events', '--filter-pattern')).toEqual(['{ $.level = "ERROR" }']);
    expect(hoursSince(given(calls, 'filter-log-events', '--start-time')[0], 1)).toBe(24);
  });

  it('find other lines, and look further back', () => {
    const { calls } = typed('errors lifecycle/reconcile WARN 72');
    expect(given(calls, 'filter-log-events', '--filter-pattern')).toEqual(['{ $.level = "WARN" }']);
    expect(hoursSince(given(calls, 'filter-log-events', '--start-time')[0], 1)).toBe(72);
  });

  it('ask a saved query about a job, wait for it, and print its rows', () => {
    const { output, calls } = typed('ask "a job: everything" 01jd8x2z5k3m9q7w4t6v8y0abc');
    expect(output).toBe('2025-01-01 00:00:00.000\tfirst line\n2025-01-01 00:00:01.000\tsecond\n');
    expect(given(calls, 'describe-query-definitions', '--query-definition-name-prefix')).toEqual(['orchestrator/a job: everything']);
    expect(given(calls, 'start-query', '--log-group-names')).toEqual(['one', 'two']);
    expect(hoursSince(given(calls, 'start-query', '--start-time')[0], 1000)).toBe(24);
    expect(given(calls, 'start-query', '--query-string')).toEqual([query.replace('JOB_ID', '01jd8x2z5k3m9q7w4t6v8y0abc')]);
  });

  it('ask over as many hours as are said', () => {
    expect(hoursSince(given(typed('ask "orphans" "" 72').calls, 'start-query', '--start-time')[0], 1000)).toBe(72);
  });

  it('list machines with their jobs', () => {
    expect(typed('machines').output).toBe('i-1\trunning\tthen\tjob-1\ni-2\tpending\tnow\tNone\n');
  });

  it('fill in all that a saved query leaves open', () => {
    const open = savedQueries('team').flatMap(({ commands }) => [...commands.join('\n').matchAll(/"([A-Z_]{4,})"/g)].map(([, word = '']) => word))
      .filter((word) => !['ERROR', 'POST', 'PENDING', 'ACQUIRING_CAPACITY'].includes(word));
    expect(new Set(open)).toEqual(new Set([...functions.matchAll(/\$\{query\/\/([A-Z_]+)\//g)].map(([, word = '']) => word)));
  });

  it('use no name that zsh has for itself', () => {
    const names = [...functions.matchAll(/^\s*local (.+)$/gm)].flatMap(([, list = '']) => list.split(' '));
    expect(names.filter((name) => ['status', 'path', 'argv', 'commands', 'functions', 'options', 'prompt', 'pipestatus'].includes(name))).toEqual([]);
  });
});

describe('what the runbook has people look at', () => {
  const runbook = textOf('docs/runbook/README.md');

  it('are saved queries', () => {
    const names = new Set(savedQueries('team').map(({ name }) => name));
    const asked = [...runbook.matchAll(/\bask "([^"]+)"/g)].map(([, name = '']) => name);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
  });

  it('are graphs and rows of dashboards', () => {
    const rows = dashboardDefinitions(observed(parseConfiguration({}, 'test', 'us-east-1'), grafanaNames)).flatMap((definition) => definition.rows);
    const titles = new Set([...rows.map(({ title }) => title), ...rows.flatMap(({ panels }) => panels.map(({ title }) => title))]);
    const named = [...runbook.matchAll(/\b(?:graph|row|number|table) \*([^*]+)\*/g)].map(([, title = '']) => title);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((title) => !titles.has(title))).toEqual([]);
  });
});
