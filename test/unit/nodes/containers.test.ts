import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const nodes = join(import.meta.dirname, '../../../nodes');

/** The command line of an engine on a machine that has these files. */
function argumentsOf(engine: string, files: readonly string[], environment: Readonly<Record<string, string>> = {}): readonly string[] {
  const program = `
import fnmatch, glob, json, os, sys
import containers
engine, files, environment = json.loads(sys.argv[1])
glob.glob = lambda pattern: [file for file in files if fnmatch.fnmatch(file, pattern)]
os.path.exists = os.path.isdir = lambda path: path in files
print(json.dumps(containers.arguments(engine, "step", {"image": "some/image"}, environment, "/data", "/list")))`;
  const { stdout, stderr } = spawnSync('python3', ['-c', program, JSON.stringify([engine, files, environment])], {
    env: { PATH: '/usr/bin:/bin', PYTHONPATH: nodes, PYTHONDONTWRITEBYTECODE: '1' }, encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as readonly string[];
}

const devices = (line: readonly string[]): readonly string[] => line.filter((_, at) => line[at - 1] === '--device' || line[at - 1] === '--gpus');

it.each(['docker', 'podman'])('gives a container of %s the memory and the adapters that MPI needs', (engine) => {
  const line = argumentsOf(`/usr/bin/${engine}`, ['/dev/infiniband/uverbs1', '/dev/infiniband/uverbs0', '/dev/gdrdrv']);
  expect(line.join(' ')).toContain('--ipc host --ulimit memlock=-1:-1 --device /dev/gdrdrv --device /dev/infiniband/uverbs0 --device /dev/infiniband/uverbs1 ');
});

it('gives it no devices where there are none', () => {
  expect(devices(argumentsOf('/usr/bin/docker', []))).toEqual([]);
});

it.each([
  ['docker', [], ['all']],
  ['podman', ['/etc/cdi/nvidia.yaml'], ['nvidia.com/gpu=all']],
  ['podman', ['/var/run/cdi/nvidia.yaml'], ['nvidia.com/gpu=all']],
  // It would refuse what it does not know.
  ['podman', [], []],
])('gives a container of %s GPUs by what there is: %j', (engine, specifications, given) => {
  expect(devices(argumentsOf(`/usr/bin/${engine}`, ['/dev/nvidiactl', ...specifications]))).toEqual(given);
});

it('shows a task of srun’s what its peers are found by', () => {
  const folder = '/var/lib/orchestrator/slurm/spool/pmix.1.0';
  const environment = { PMIX_SERVER_TMPDIR: folder };
  expect(argumentsOf('/usr/bin/docker', [folder], environment)).toContain(`${folder}:${folder}`);
  expect(argumentsOf('/usr/bin/docker', [], environment)).not.toContain(`${folder}:${folder}`);
});
