/** A small manifest of one head and some workers, as YAML; `spec` is more of the spec, two spaces deep. */
export function aManifestText({ name = 'cluster', namespace = 'research', spec = '' } = {}): string {
  return `apiVersion: orchestrator.our-company.com/v1alpha1
kind: ClusterDefinition
metadata:
  name: ${name}
  namespace: ${namespace}
  labels:
    project: folding
spec:
  nodePools:
    - name: head
      count: 1
      instanceType: m6i.large
    - name: workers
      count: 4
      instanceType: [c6i.large, m6i.large]
      purchaseOption: SpotPreferred
  placement:
    region: us-east-1
  ttlSeconds: 3600
${spec}`;
}
