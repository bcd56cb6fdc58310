import { NestedStack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { Alarms } from './alarms.ts';
import { watchProduct } from './product-alarms.ts';
import { watchServiceLevels } from './slo-alarms.ts';

export interface ObservabilityProps {
  readonly configuration: DeploymentConfiguration;
  readonly key?: IKey;
}

/**
 * What watches a deployment: alarms with their topics, dashboards, saved queries, the audit's log. A stack within the
 * stack, deployed and removed with it: among the 500 resources of one stack is no room for it beside twenty namespaces.
 */
export class Observability extends NestedStack {
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id, { suppressTemplateIndentation: true });
    this.alarms = new Alarms(this, 'Alarms', props);
    watchProduct(this.alarms, props.configuration);
    watchServiceLevels(this.alarms, props.configuration);
  }
}
