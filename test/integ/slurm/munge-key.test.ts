import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchLogsClient, paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { paginateListCommands, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { JobRef } from '../../../sdk/src/index.ts';
import { fleetDirectory } from '../../../local/services.ts';
import { gate } from '../cloud/gate.ts';
import type { SharedCloud } from '../cloud/shared-cloud.ts';
import { slurmSiteOptions } from '../cloud/site.ts';
import { aSlurmCluster, batch } from './clusters.ts';
import { filesWith, holds } from '../../slurm/key-search.ts';
import { processes } from '../../slurm/processes.ts';
import { slurmCloud } from './slurm-cloud.ts';
import { slurmIsHere, whereSlurmIs } from '../../slurm/slurm-here.ts';

jest.setTimeout(600_000);

/** How often it is looked which processes run. */
const lookMs = 200;
/** Where a host keeps its munge key, and what only hosts have a copy of their own of, not the machine that they are laid over. */
const keyFile = 'upper/var/lib/orchestrator/slurm/conf/munge.key';
const inMemory = ['run', 'tmp', 'data', 'dev/shm'];

let cloud: SharedCloud;
let job: JobRef;
let key = '';
/** Command lines of all processes that were seen since before the job was there. */
const seen = new Set<string>();
/** Files of the job's hosts that had the key while it ran. */
let files: ReturnType<typeof filesWith> = [];
let watch: NodeJS.Timeout | undefined;

/** Whatever the simulator keeps of an instance, and what its host has in memory. */
function foldersOf(instanceId: string): readonly string[] {
  const folder = join(fleetDirectory(slurmSiteOptions()), 'instances', instanceId);
  const holder: { readonly pid: number } = JSON.parse(readFileSync(join(folder, 'holder.json'), 'utf8'));
  return [...readdirSync(folder).filter((name) => !['root', 'kernel'].includes(name)).map((name) => join(folder, name)), ...inMemory.map((name) => `/proc/${holder.pid}/root/${name}`)];
}

beforeAll(async () => {
  if (!slurmIsHere) return;
  cloud = await slurmCloud();
  watch = setInterval(() => { for (const { line } of processes()) seen.add(line); }, lookMs);
  const { wait, open } = await gate(cloud, `key-${randomUUID()}`);
  job = await cloud.jobs.submit(aSlurmCluster('key', { count: 2, instanceType: 'c6i.large' }, { hooks: { onRun: [batch('Work', 'srun hostname', 'echo here', wait)] } }));
  await cloud.jobs.writes(job, 'here');
  const { nodes } = await cloud.jobs.get(job);
  const instances = nodes.map(({ instanceId }) => instanceId);
  key = readFileSync(join(fleetDirectory(slurmSiteOptions()), 'instances', instances[0] ?? '', keyFile), 'utf8').trim();
  files = instances.flatMap((instance) => foldersOf(instance).flatMap((folder) => filesWith(folder, key)));
  await open();
  await cloud.jobs.ends(job);
  clearInterval(watch);
});

afterAll(() => { clearInterval(watch); });

whereSlurmIs('where the munge key is')('the munge key of a cluster', () => {
  it('is on every node, in a file that only root can read', () => {
    expect(key).toHaveLength(128);
    expect(files.filter(({ path }) => path.endsWith(keyFile))).toHaveLength(3);
    expect(files.filter(({ readableByAll }) => readableByAll)).toEqual([]);
  });

  it('is in no command line', () => {
    expect(seen.size).toBeGreaterThan(0);
    expect([...seen].some((line) => line.includes('munged'))).toBe(true);
    expect([...seen].filter((line) => holds(line, key))).toEqual([]);
  });

  it('is in no log group', async () => {
    const logs = new CloudWatchLogsClient(cloud.account.client);
    const found: string[] = [];
    let lines = 0;
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
      for (const { logGroupName } of logGroups) {
        for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
          lines += events.length;
          found.push(...events.flatMap(({ message = '' }) => (holds(message, key) ? [`${logGroupName}: ${message}`] : [])));
        }
      }
    }
    expect(lines).toBeGreaterThan(0);
    expect(found).toEqual([]);
  });

  it('is not in what the API tells, nor in the table', async () => {
    const told = [await cloud.jobs.get(job), await cloud.jobs.events(job), await cloud.jobs.logs(job)];
    expect(told.filter((answer) => holds(JSON.stringify(answer), key))).toEqual([]);
    const items = await cloud.account.items();
    expect(items.filter((item) => item.pk.includes(job.jobId)).length).toBeGreaterThan(0);
    expect(items.filter((item) => holds(JSON.stringify(item), key))).toEqual([]);
  });

  it('is in no command to nodes, no state of an execution, and not in what the simulator keeps', async () => {
    const ssm = new SSMClient({ ...cloud.account.client, endpoint: cloud.fleetUrl });
    const commands = [];
    for await (const { Commands: page = [] } of paginateListCommands({ client: ssm }, {})) commands.push(...page);
    expect(commands.filter(({ Comment: comment = '' }) => comment.includes(job.jobId)).length).toBeGreaterThan(0);
    expect(commands.filter((command) => holds(JSON.stringify(command), key))).toEqual([]);
    expect(holds(JSON.stringify(await cloud.account.executionHistory(job.jobId)), key)).toBe(false);
    expect(filesWith(join(fleetDirectory(slurmSiteOptions()), 'journal'), key)).toEqual([]);
  });
});
