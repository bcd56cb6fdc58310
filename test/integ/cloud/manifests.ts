import type { ClusterDefinition } from '../../../core/manifest/schema.ts';

type Spec = ClusterDefinition['spec'];
type Step = NonNullable<NonNullable<Spec['hooks']>['onRun']>[number];

/** What every step of a test writes when it begins: so often it ran. */
export const begun = 'the step begins';

/** A step that runs a script in bash, after it has written that it begins. */
export function script(name: string, ...lines: readonly string[]): Step {
  return { name, script: ['#!/bin/bash', `echo "${begun}"`, ...lines, ''].join('\n'), timeoutSeconds: 600 };
}

/** A cluster of one small node that comes on demand; `spec` says what is different. */
export function aCluster(namespace: string, name: string, spec: Partial<Spec> = {}): ClusterDefinition {
  return {
    apiVersion: 'orchestrator.our-company.com/v1alpha1',
    kind: 'ClusterDefinition',
    metadata: { name, namespace },
    spec: {
      nodePools: [{ name: 'head', count: 1, instanceType: 'm6i.large' }],
      placement: { region: 'us-east-1' },
      ttlSeconds: 600,
      ...spec,
    },
  };
}
