import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { jobId } from '../../../core/job/ids.ts';
import { parseManifest } from '../../../core/manifest/parse.ts';
import type { Node } from '../../../core/job/job.ts';
import type { Manifest } from '../../../core/manifest/schema.ts';
import type { NodeLossVerdict, Runtime } from '../../../core/ports/runtime.ts';
import { unitName } from '../../../core/runtimes/node-step.ts';
import { stepPayload } from '../../../core/runtimes/step-payload.ts';
import { stepsOf } from '../../../core/runtimes/steps.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { aDispatch, aNode, readNodeFile } from '../../builders/nodes.ts';

const hooks = `  hooks:
    onConfigure: [{ name: Install, script: "true" }]
    onRun: [{ name: Train, script: ./train }, { name: Test, image: "tester:1" }]
    onPostRun: [{ name: Upload, script: ./upload }]
`;

type Policy = Manifest['spec']['onNodeLoss'];

/** Where runtimes differ: what they do when a node that is not the head is lost. */
export interface RuntimeTraits {
  readonly workerLost: Readonly<Record<Policy, NodeLossVerdict>>;
  /** Policies with which a job that needs one node goes on with those that stay, where a lost one cannot be replaced. */
  readonly spares: readonly Policy[];
}

/** What every runtime promises the lifecycle. */
export function describeRuntime(name: string, runtime: Runtime, { workerLost, spares }: RuntimeTraits): void {
  describe(`Runtime: ${name}`, () => {
    const manifest = manifestOf(hooks);
    const source = { manifest, runtime, imageAliases: {} };
    const verdict = (policy: Policy, rank: number) => runtime.nodeLost({ manifest: manifestOf(`  onNodeLoss: ${policy}\n`) }, aNode(rank));
    const phases = ['configure', 'run', 'postRun'] as const;

    const hardware = { vcpus: 2, cores: 1, memoryMiB: 8192, gpus: 0 };
    const nodes = [0, 1, 2, 3, 4].map((rank) => aNode(rank, { hardware, zone: `us-east-1${'abc'.charAt(rank % 3)}` }));
    const secret = 'c2VjcmV0'.repeat(16);
    const filesOf = (among: readonly Node[]) => runtime.clusterFiles({ manifest, jobId: jobId('01h'), attempt: 1, namespace: 'research', nodes: among, secret });
    const own = [...runtime.prepare({ manifest }), ...runtime.start({ manifest })];
    const told = runtime.tellLost({ manifest }, nodes.slice(2, 3));
    const steps = [...phases.flatMap((phase) => stepsOf(phase, source)), ...(told === undefined ? [] : [{ ...told, phase: 'aside' as const, index: 2 }])];

    it('prepares nodes before the user’s hooks and brings the cluster up after them, by steps of the system', () => {
      expect(own.every(({ system }) => system)).toBe(true);
      const names = (all: readonly { readonly name: string }[]): readonly string[] => all.map((step) => step.name);
      expect(names(stepsOf('configure', source))).toEqual([...names(runtime.prepare({ manifest })), 'Install', ...names(runtime.start({ manifest }))]);
    });

    it('bounds what it does itself', () => {
      expect([...own, ...(told === undefined ? [] : [told])].every(({ timeoutSeconds }) => timeoutSeconds !== undefined && timeoutSeconds <= 3600)).toBe(true);
    });

    it('makes the same files of the same nodes, in whatever order they come, and keeps the secret to them', () => {
      expect(filesOf(nodes.toReversed())).toEqual(filesOf(nodes));
      expect(JSON.stringify(steps)).not.toContain(secret);
    });

    it('gives steps files that are there, each with a name of its own', () => {
      for (const step of steps) {
        const ours = (step.nodeFiles ?? []).map((file) => file.slice(file.lastIndexOf('/') + 1));
        const names = [...ours, ...Object.keys(step.files ?? {}), ...(step.clusterFiles === true ? Object.keys(filesOf(nodes)) : [])];
        expect(names.filter((each, index) => names.indexOf(each) < index || ['job', 'image.json'].includes(each))).toEqual([]);
        expect((step.nodeFiles ?? []).every((file) => readNodeFile(file) !== '')).toBe(true);
      }
    });

    it('runs a step by a launcher that the step takes along', () => {
      expect(steps.filter(({ launcher, nodeFiles = [] }) => launcher !== undefined && !nodeFiles.includes(launcher))).toEqual([]);
    });

    it('makes payloads of all its steps', () => {
      for (const step of steps) {
        const dispatch = aDispatch({ step, nodes, ...(step.clusterFiles === true ? { clusterFiles: filesOf(nodes) } : {}) });
        expect(stepPayload(dispatch, { logGroup: '/jobs', region: 'us-east-1', logBytesPerAttempt: 2 ** 30 }, readNodeFile)).toMatchObject({ name: step.name, action: step.action, env: step.env });
      }
    });

    it('tells the head node only of lost nodes, if anybody', () => {
      expect(told === undefined || (told.ranks === 'head' && told.system)).toBe(true);
    });

    it('runs the job on the head node', () => {
      expect(runtime.run({ manifest }).length).toBeGreaterThan(0);
      expect(runtime.run({ manifest }).every(({ ranks }) => ranks === 'head')).toBe(true);
    });

    it('runs nothing for an interactive cluster', () => {
      expect(runtime.run({ manifest: manifestOf('') })).toEqual([]);
    });

    it('gives the same steps each time, numbered from 0', () => {
      for (const phase of phases) {
        expect(stepsOf(phase, source)).toEqual(stepsOf(phase, source));
        expect(stepsOf(phase, source).map(({ index }) => index)).toEqual([...stepsOf(phase, source).keys()]);
      }
    });

    it('stops every unit of the run before post-run', () => {
      const stopped = runtime.stopUnits({ manifest, jobId: jobId('01h'), attempt: 3 });
      expect(stopped).toEqual(stepsOf('run', source).map(({ index }) => unitName(jobId('01h'), 3, 'run', index)));
    });

    it('does with a lost node what the manifest says', () => {
      for (const policy of ['Fail', 'Requeue', 'Replace'] as const) expect([policy, verdict(policy, 1)]).toEqual([policy, workerLost[policy]]);
    });

    it('never replaces the head node', () => {
      expect([verdict('Fail', 0), verdict('Requeue', 0), verdict('Replace', 0)]).toEqual(['fail', 'requeue', 'requeue']);
    });

    it('goes on without a node where it can, and never without all but the head', () => {
      const policies = ['Fail', 'Requeue', 'Replace'] as const;
      const with1 = (policy: Policy) => manifestOf(`  runtime: { type: Slurm, nodes: 1 }\n  onNodeLoss: ${policy}\n`);
      expect(policies.filter((policy) => runtime.spares({ manifest: with1(policy) }, nodes.slice(0, 3)))).toEqual(spares);
      expect(policies.filter((policy) => runtime.spares({ manifest: with1(policy) }, nodes.slice(0, 1)))).toEqual([]);
    });

    it('never fails, whatever names and texts a manifest has', () => {
      fc.assert(
        fc.property(fc.string(), fc.string(), fc.dictionary(fc.string(), fc.string()), (stepName, script, env) => {
          const step = { kind: 'script' as const, name: stepName, script, timeoutSeconds: 5, env };
          const odd = { ...manifest, spec: { ...manifest.spec, hooks: { onConfigure: [step], onRun: [step], onPostRun: [step] } } };
          return phases.every((phase) => stepsOf(phase, { ...source, manifest: odd }).some(({ action }) => action.kind === 'script' && action.script === script));
        }),
      );
    });
  });
}

function manifestOf(spec: string): Manifest {
  const result = parseManifest(aManifestText({ spec }));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.manifest;
}
