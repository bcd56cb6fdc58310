import { stringify } from 'yaml';
import type { ClusterDefinition } from '../../../core/manifest/schema.ts';
import { aCluster } from '../cloud/manifests.ts';
import type { RawRequest } from './raw-request.ts';

type Spec = ClusterDefinition['spec'];

/** A namespace of this run's own: on a cloud that was kept, an earlier run's jobs are not in it. */
export function newNamespace(name: string): string {
  return `${name}-${Date.now().toString(36)}`;
}

/** A cluster of a type that the market has none of: its job parks, and costs nothing until it is cancelled. */
export function nowhereToBeHad(namespace: string, name: string, spec: Partial<Spec> = {}): ClusterDefinition {
  return aCluster(namespace, name, { nodePools: [{ name: 'head', count: 1, instanceType: 'r6i.2xlarge' }], ...spec });
}

/** The request that submits a manifest as YAML. */
export function yamlSubmission(manifest: ClusterDefinition, headers: Readonly<Record<string, string>> = {}): RawRequest {
  return submission(manifest.metadata.namespace, stringify(manifest), { 'content-type': 'application/yaml', ...headers });
}

/** The request that submits a value as JSON: a manifest, or what is sent around one. */
export function jsonSubmission(namespace: string, value: object, headers: Readonly<Record<string, string>> = {}): RawRequest {
  return submission(namespace, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
}

function submission(namespace: string, body: string, headers: Readonly<Record<string, string>>): RawRequest {
  return { method: 'POST', path: `/v1/namespaces/${namespace}/jobs`, body, headers };
}
