import { parseManifestValue } from '../../../../core/manifest/parse.ts';
import type { ManifestProblem } from '../../../../core/manifest/problems.ts';
import type { ClusterDefinition, Manifest } from '../../../../core/manifest/schema.ts';
import type { ParsedManifest } from '../../../../core/manifest/parse.ts';

type WrittenSpec = ClusterDefinition['spec'];

/** The shortest valid definition, with parts of its spec replaced. */
export function definition(spec: Partial<WrittenSpec> = {}): ClusterDefinition {
  return {
    apiVersion: 'orchestrator.our-company.com/v1alpha1',
    kind: 'ClusterDefinition',
    metadata: { name: 'fold', namespace: 'biology' },
    spec: {
      nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.large' }],
      placement: { region: 'us-east-1' },
      ttlSeconds: 600,
      ...spec,
    },
  };
}

/** The validated manifest of a definition that is known to be valid. */
export function manifest(spec: Partial<WrittenSpec> = {}): Manifest {
  const parsed = parseManifestValue(definition(spec));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.manifest;
}

/** The problems of a manifest that is known to be invalid. */
export function problemsOf(parsed: ParsedManifest): readonly ManifestProblem[] {
  if (parsed.ok) throw new Error('the manifest is valid');
  return parsed.problems;
}
