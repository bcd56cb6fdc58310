import type { Manifest } from '../../../core/manifest/schema.ts';
import type { NodeAnswer } from '../../../core/ports/node-commands.ts';
import type { NodeStep } from '../../../core/runtimes/node-step.ts';
import { slurmRuntime } from '../../../core/runtimes/slurm/slurm-runtime.ts';
import { stepsOf } from '../../../core/runtimes/steps.ts';
import type { SentStep, SlurmCluster } from './slurm-cluster.ts';
import { aSlurmManifest, type NodeLossPolicy } from './slurm-manifest.ts';

type What = { readonly script: string } | { readonly image: string; readonly command: readonly string[] };

/** Batch jobs on all workers of a cluster, each of them another step of its job's. */
export class BatchJobs {
  readonly #cluster: SlurmCluster;
  readonly #workers: number;
  #steps = 0;

  constructor(cluster: SlurmCluster, workers: number) {
    this.#cluster = cluster;
    this.#workers = workers;
  }

  /** The next step. */
  step(what: What, onNodeLoss: NodeLossPolicy = 'Requeue'): { readonly manifest: Manifest; readonly step: NodeStep } {
    const manifest = aSlurmManifest(what, this.#workers, onNodeLoss);
    const [step] = stepsOf('run', { manifest, runtime: slurmRuntime, imageAliases: {} });
    if (step === undefined) throw new Error('nothing runs');
    this.#steps += 1;
    return { manifest, step: { ...step, index: this.#steps } };
  }

  send(what: What, onNodeLoss?: NodeLossPolicy): SentStep {
    const { manifest, step } = this.step(what, onNodeLoss);
    return this.#cluster.send(manifest, step);
  }

  /** Submits the lines of a bash script. */
  submit(...script: string[]): SentStep {
    return this.send({ script: bash(...script) });
  }

  /** Runs them to their end. */
  run(...script: string[]): Promise<NodeAnswer> {
    return answerOf(this.submit(...script));
  }

  /** What a script prints on the head node. */
  onHead(script: string): Promise<string> {
    const [head] = this.#cluster.nodes;
    return head === undefined ? Promise.reject(new Error('no head')) : this.#cluster.look(head, script);
  }
}

export const bash = (...script: string[]): string => ['#!/bin/bash', ...script].join('\n');

/** What the one node has answered that a step ran on. */
export async function answerOf({ ended }: SentStep): Promise<NodeAnswer> {
  const [answer] = (await ended).answers;
  if (answer === undefined) throw new Error('nobody answered');
  return answer;
}

export const linesOf = ({ tail = '' }: NodeAnswer): readonly string[] => tail.split('\n');
