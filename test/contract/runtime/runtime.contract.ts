import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { jobId } from '../../../core/job/ids.ts';
import { parseManifest } from '../../../core/manifest/parse.ts';
import type { Manifest } from '../../../core/manifest/schema.ts';
import type { Runtime } from '../../../core/ports/runtime.ts';
import { unitName } from '../../../core/runtimes/node-step.ts';
import { stepsOf } from '../../../core/runtimes/steps.ts';
import { aManifestText } from '../../builders/manifest.ts';
import { aNode } from '../../builders/nodes.ts';

const hooks = `  hooks:
    onConfigure: [{ name: Install, script: "true" }]
    onRun: [{ name: Train, script: ./train }, { name: Test, image: "tester:1" }]
    onPostRun: [{ name: Upload, script: ./upload }]
`;

/** What every runtime promises the lifecycle. */
export function describeRuntime(name: string, runtime: Runtime): void {
  describe(`Runtime: ${name}`, () => {
    const manifest = manifestOf(hooks);
    const source = { manifest, runtime, imageAliases: {} };
    const verdict = (policy: string, rank: number) => runtime.nodeLost({ manifest: manifestOf(`  onNodeLoss: ${policy}\n`) }, aNode(rank));
    const phases = ['configure', 'run', 'postRun'] as const;

    it('prepares nodes by steps of the system, before those of the user', () => {
      expect(runtime.prepare({ manifest }).every(({ system }) => system)).toBe(true);
      const flags = stepsOf('configure', source).map(({ system }) => system);
      expect(flags).toEqual(flags.toSorted((a, b) => Number(b) - Number(a)));
      expect(stepsOf('configure', source).at(-1)?.name).toBe('Install');
    });

    it('bounds what it does itself', () => {
      expect(runtime.prepare({ manifest }).every(({ timeoutSeconds }) => timeoutSeconds !== undefined && timeoutSeconds <= 3600)).toBe(true);
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

    it('attaches to a step by the very unit that runs it', () => {
      for (const step of stepsOf('run', source)) {
        const attached = runtime.attach(step);
        expect([attached.phase, attached.index, attached.ranks]).toEqual([step.phase, step.index, step.ranks]);
      }
    });

    it('stops every unit of the run before post-run', () => {
      const stopped = runtime.stopUnits({ manifest, jobId: jobId('01h'), attempt: 3 });
      expect(stopped).toEqual(stepsOf('run', source).map(({ index }) => unitName(jobId('01h'), 3, 'run', index)));
    });

    it('does with a lost node what the manifest says', () => {
      expect([verdict('Fail', 1), verdict('Requeue', 1), verdict('Replace', 1)]).toEqual(['fail', 'requeue', 'replace']);
      expect([verdict('Fail', 0), verdict('Requeue', 0)]).toEqual(['fail', 'requeue']);
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
