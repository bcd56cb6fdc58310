import * as z from 'zod';
import { isoTime } from '../job/ids.ts';
import type { ClusterDefinition, Manifest } from '../manifest/schema.ts';
import type { Step } from '../manifest/steps.ts';
import type { ManifestVersion } from '../ports/manifest-store.ts';
import { runtimeVersionField, timeField } from './fields.ts';

/** A version of a manifest without its content. */
export const manifestSummarySchema = z
  .object({
    namespace: z.string(),
    name: z.string(),
    version: z.int(),
    digest: z.string().meta({ description: 'SHA-256 of the canonical JSON of the validated manifest.' }),
    createdAt: timeField,
    createdBy: z.string(),
  })
  .meta({ id: 'ManifestVersion', description: 'A version of a manifest: it never changes.' });

/** The document itself is described by the manifest's own JSON Schema. */
const documentField = z.record(z.string(), z.unknown()).meta({
  description: 'The manifest with all defaults written out; it may be submitted as it is. Its schema: /v1/schemas/cluster-definition.json.',
});

export const manifestDetailSchema = manifestSummarySchema
  .extend({ manifest: documentField })
  .meta({ id: 'ManifestVersionDetail', description: 'A version of a manifest with its content.' });

export const problemEntrySchema = z
  .object({
    code: z.string().meta({ description: 'The kind of problem, for programs.' }),
    path: z.string().meta({ description: 'Where: `spec.nodePools[0].count` in a manifest, `query.limit` in a request.' }),
    message: z.string(),
    line: z.exactOptional(z.int()).meta({ description: 'Line in the text, from 1.' }),
    column: z.exactOptional(z.int()).meta({ description: 'Column in the line, from 1.' }),
    value: z.exactOptional(z.union([z.string(), z.number(), z.boolean(), z.null()])).meta({ description: 'What was found there.' }),
    suggestion: z.exactOptional(z.string()).meta({ description: 'What was probably meant.' }),
  })
  .meta({ id: 'ProblemEntry', description: 'One thing that is wrong or doubtful.' });

export const validationSchema = z
  .object({
    name: z.string(),
    namespace: z.string(),
    digest: z.string(),
    runtimeVersion: z.exactOptional(runtimeVersionField),
    manifest: documentField,
    warnings: z.array(problemEntrySchema).meta({ description: 'What is allowed and probably not meant.' }),
  })
  .meta({ id: 'Validation', description: 'A manifest that is acceptable to this deployment.' });

type ManifestSummaryView = z.output<typeof manifestSummarySchema>;
type ManifestDetailView = z.output<typeof manifestDetailSchema>;
export type ValidationView = z.output<typeof validationSchema>;

export function viewManifestSummary({ namespace, name, version, digest, createdAtMs, createdBy }: Omit<ManifestVersion, 'canonical'>): ManifestSummaryView {
  return { namespace, name, version, digest, createdAt: isoTime(createdAtMs), createdBy };
}

export function viewManifest(version: ManifestVersion): ManifestDetailView {
  return { ...viewManifestSummary(version), manifest: { ...asWritten(storedManifest(version)) } };
}

/** The manifest of a stored version. Only what was validated is ever stored. */
export function storedManifest({ canonical }: Pick<ManifestVersion, 'canonical'>): Manifest {
  const manifest: Manifest = JSON.parse(canonical);
  return manifest;
}

/** The manifest as a user writes it, with all defaults: reading it again gives the same manifest and digest. */
export function asWritten(manifest: Manifest): ClusterDefinition {
  const { nodePools, hooks, ...spec } = manifest.spec;
  return {
    ...manifest,
    spec: {
      ...spec,
      nodePools: nodePools.map(({ instanceTypes, ...pool }) => ({ ...pool, instanceType: instanceTypes })),
      hooks: { onConfigure: hooks.onConfigure.map(writtenStep), onRun: hooks.onRun.map(writtenStep), onPostRun: hooks.onPostRun.map(writtenStep) },
    },
  };
}

function writtenStep(step: Step): Omit<Step, 'kind'> {
  const { kind: _kind, ...written } = step;
  return written;
}
