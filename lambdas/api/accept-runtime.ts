import { DEFAULT_PROVIDER } from '../../core/capacity/provider-registry.ts';
import type { Deployment } from '../../core/deployment/deployment.ts';
import type { ManifestProblem } from '../../core/manifest/problems.ts';
import type { Manifest } from '../../core/manifest/schema.ts';
import type { InstanceTypeFacts } from '../../core/ports/capacity-provider.ts';
import type { RuntimeCatalogue } from '../../core/ports/runtime-catalogue.ts';
import { chooseRelease, substitutionOf } from '../../core/runtimes/slurm/release.ts';
import type { ReleaseChoice } from '../../core/runtimes/slurm/release.ts';
import { slurmDoubts } from '../../core/runtimes/slurm/problems/slurm-doubts.ts';
import { slurmProblems } from '../../core/runtimes/slurm/problems/slurm-problems.ts';

export interface RuntimePorts {
  readonly deployment: Pick<Deployment, 'slurmSubstitutes'>;
  readonly runtimes: RuntimeCatalogue;
}

/** What a manifest's runtime lacks, and what it gets. */
export interface AcceptedRuntime {
  /** Release of the runtime that the deployment's images bring along; absent where there is none, or the job brings its own. */
  readonly version?: string;
  readonly problems: readonly ManifestProblem[];
  readonly warnings: readonly ManifestProblem[];
}

/**
 * Checks what the runtime makes of a manifest, and chooses its release.
 *
 * @param manifest with the submitted script among its `onRun` steps
 */
export async function acceptRuntime(ports: RuntimePorts, manifest: Manifest, types: ReadonlyMap<string, InstanceTypeFacts>): Promise<AcceptedRuntime> {
  if (manifest.spec.runtime.type !== 'Slurm') return { problems: [], warnings: [] };
  const problems = slurmProblems(manifest, types);
  const choice = await choose(ports, manifest, types);
  if (choice.kind === 'refused') return { problems: [choice.problem, ...problems], warnings: [] };
  const { version } = choice;
  const warnings = [...substitution(manifest.spec.runtime.version, version), ...slurmDoubts(manifest)];
  return { ...(version === undefined ? {} : { version }), problems, warnings };
}

function substitution(asked: string | undefined, version: string | undefined): readonly ManifestProblem[] {
  const message = substitutionOf(asked, version);
  return message === undefined ? [] : [{ code: 'not-offered', path: 'spec.runtime.version', message }];
}

/** Machines of other providers than AWS have no images of ours. */
async function choose({ deployment, runtimes }: RuntimePorts, { spec }: Manifest, types: ReadonlyMap<string, InstanceTypeFacts>): Promise<ReleaseChoice> {
  const pools = spec.placement.provider === DEFAULT_PROVIDER ? spec.nodePools.filter(({ image }) => image === undefined) : [];
  if (pools.length === 0) return { kind: 'chosen' };
  const { version: asked } = spec.runtime;
  const request = { pools: pools.map(({ name, instanceTypes }) => ({ name, architectures: architecturesOf(instanceTypes, types) })), ...(asked === undefined ? {} : { asked }) };
  return chooseRelease(request, { releases: await runtimes.slurmReleases(), substitutes: deployment.slurmSubstitutes });
}

function architecturesOf(instanceTypes: readonly string[], types: ReadonlyMap<string, InstanceTypeFacts>): readonly InstanceTypeFacts['architecture'][] {
  return [...new Set(instanceTypes.flatMap((type) => types.get(type)?.architecture ?? []))];
}
