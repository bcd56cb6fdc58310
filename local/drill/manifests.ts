import type { ClusterDefinition } from '../../core/manifest/schema.ts';

type Spec = ClusterDefinition['spec'];
export type Step = NonNullable<NonNullable<Spec['hooks']>['onRun']>[number];

/** What a step writes that is waited for. */
export const here = 'here';

export const step = (name: string, ...lines: readonly string[]): Step => ({ name, script: ['#!/bin/bash', ...lines, ''].join('\n'), timeoutSeconds: 600 });

export const untilStopped = step('Train', `echo ${here}`, 'sleep 500');

export const onlyAs = (instanceType: string, purchaseOption: 'OnDemand' | 'Spot' = 'OnDemand'): Spec['nodePools'] => [{ name: 'head', count: 1, instanceType, purchaseOption }];

/** The job of a failure, in a namespace of its own, so that faults find it before it has an id. */
export function drilled(name: string, spec: Partial<Spec> = {}): ClusterDefinition {
  return {
    apiVersion: 'orchestrator.our-company.com/v1alpha1',
    kind: 'ClusterDefinition',
    metadata: { name, namespace: `drill-${name}` },
    spec: {
      nodePools: onlyAs('m6i.large'),
      placement: { region: 'us-east-1' },
      ttlSeconds: 600,
      hooks: { onRun: [step('Train')] },
      ...spec,
    },
  };
}

/** A job whose run is this script. */
export const running = (name: string, ...lines: readonly string[]): ClusterDefinition => drilled(name, { hooks: { onRun: [step('Train', ...lines)] } });
