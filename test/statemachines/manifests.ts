/** A manifest of one head node and two workers; a test names what it is about. */
export function aManifest(spec: { readonly hooks?: string; readonly more?: string; readonly workers?: string; readonly runtime?: 'None' | 'Slurm' } = {}): string {
  return `apiVersion: orchestrator.our-company.com/v1alpha1
kind: ClusterDefinition
metadata: { name: cluster, namespace: research }
spec:
  nodePools:
    - { name: head, count: 1, instanceType: m6i.large }
    - { name: workers, count: 2, instanceType: c6i.large, purchaseOption: ${spec.workers ?? 'SpotPreferred'} }
  placement: { region: us-east-1, availabilityZones: any }
  runtime: { type: ${spec.runtime ?? 'None'} }
  ttlSeconds: 600
${spec.more ?? ''}
${spec.hooks ?? everyHook}`;
}

export const everyHook = `  hooks:
    onConfigure: [{ name: install, script: "true" }]
    onRun: [{ name: train, script: "true" }, { name: test, script: "true" }]
    onPostRun: [{ name: collect, script: "true" }, { name: upload, script: "true" }]`;

export const noHook = '  hooks: {}';
