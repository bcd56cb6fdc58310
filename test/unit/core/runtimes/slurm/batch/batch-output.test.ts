import { describe, expect, it } from '@jest/globals';
import { batchStep } from '../../../../../../core/runtimes/slurm/batch/batch-step.ts';
import { aSlurmManifest } from '../../../../../builders/slurm.ts';

const filesOf = (directives: string): Readonly<Record<string, string>> => {
  const step = { kind: 'script' as const, name: 'train', timeoutSeconds: 60, env: {}, script: `#!/bin/bash\n#SBATCH ${directives}\nsrun ./train\n` };
  return batchStep(step, aSlurmManifest()).files ?? {};
};

describe('the output of a batch step', () => {
  it.each([
    ['', undefined, ''],
    ['--job-name=a', undefined, ''],
    ['--outp=a.txt', 'a.txt', ''],
    ['-o logs/%x/a.txt', 'logs/%x/a.txt', ''],
    ['-o logs/%j.txt -e logs/%j.err', 'logs/%j.txt', '/data/logs\n'],
    ['--output=logs/a.txt --chdir=/data/mine', 'logs/a.txt', '/data/mine/logs\n'],
    ['--output=/tmp/a/b.txt --error=../e/f', '/tmp/a/b.txt', ''],
    ['--error=e/f', undefined, '/data/e\n'],
  ])('with %j is %j, in folders %j', (directives, output, folders) => {
    expect(filesOf(directives)).toMatchObject({ folders });
    expect(filesOf(directives)['output']).toBe(output);
  });
});
