import { PRIORITY_CLASSES } from '../../../core/manifest/schema.ts';
import { zonesOf } from '../../configuration/network.ts';
import type { DeploymentConfiguration } from '../../configuration/schema.ts';
import { serviceLevels, type ServiceLevel } from '../slo.ts';
import type { DimensionValue } from './model.ts';

/** Names that CloudFormation makes. Where a dimension has several values, all of them. */
export interface ResourceNames {
  readonly scheduler: string;
  readonly publisher: string;
  readonly reconciler: string;
  /** Queues of events that no function could take. */
  readonly deadLetters: readonly DimensionValue[];
  readonly table: string;
  readonly stateMachineArn: string;
  /** The log group that has a line for each span of a job. */
  readonly spanLogs: string;
  /** The log group of what jobs print. */
  readonly jobLogs: string;
}

/** What dashboards are made of: a deployment's configuration and the names of its parts. */
export interface Observed {
  readonly deployment: string;
  readonly namespaces: readonly DimensionValue[];
  readonly priorityClasses: readonly DimensionValue[];
  readonly zones: readonly string[];
  /** The label by whose values cost is told apart. */
  readonly costLabel?: { readonly key: string; readonly values: readonly DimensionValue[] };
  readonly monthlyBudgetUsd?: number;
  readonly serviceLevels: readonly ServiceLevel[];
  readonly names: ResourceNames;
}

/** A value that is its own label. */
export const plain = (value: string): DimensionValue => ({ value, label: value });

/** What a configuration says of the dimensions of metrics. */
export function observed(configuration: DeploymentConfiguration, names: ResourceNames): Observed {
  const { costLabel, monthlyBudgetUsd } = configuration.telemetry;
  const named = Object.keys(configuration.namespaces).filter((namespace) => namespace !== '*');
  return {
    deployment: configuration.name,
    namespaces: [...named.map(plain), { value: '*', label: named.length === 0 ? 'all' : 'all others' }],
    priorityClasses: Object.keys(PRIORITY_CLASSES).map(plain),
    zones: zonesOf(configuration.network, configuration.region),
    serviceLevels: serviceLevels(configuration.telemetry),
    names,
    ...(costLabel === undefined ? {} : { costLabel: { key: costLabel.key, values: [...costLabel.values, 'other'].map(plain) } }),
    ...(monthlyBudgetUsd === undefined ? {} : { monthlyBudgetUsd }),
  };
}
