import { parseManifest } from '../../../core/manifest/parse.ts';
import type { Manifest } from '../../../core/manifest/schema.ts';
import { aManifestText } from '../../builders/manifest.ts';

export type NodeLossPolicy = Manifest['spec']['onNodeLoss'];

/** A job of one head and some workers under Slurm, with one step, whose scripts hear of a notice at once. */
export function aSlurmManifest(run: object, workerCount: number, onNodeLoss: NodeLossPolicy = 'Requeue'): Manifest {
  const spec = [
    '  runtime: { type: Slurm, noticeSeconds: 120 }',
    `  onNodeLoss: ${onNodeLoss}`,
    `  hooks: { onRun: [${JSON.stringify({ name: 'job', ...run })}] }`,
  ].join('\n');
  const parsed = parseManifest(aManifestText({ spec }).replace('count: 4', `count: ${workerCount}`));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.manifest;
}
