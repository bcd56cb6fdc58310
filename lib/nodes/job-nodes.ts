import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { retainedLogGroup } from '../functions/log-group.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';
import { NamespaceNodes } from './namespace-nodes.ts';
import { NodeNetwork } from './network.ts';
import { privateBucket } from './private-bucket.ts';
import { stepDocument } from './step-document.ts';

/** Payloads of steps are fetched within the hour; they stay for whoever looks into a failure. */
const stepPayloadDays = 30;
/** A job without a TTL may live long, and needs its secret whenever a node is replaced; one that lives on has another one then. */
const secretDays = 366;

export interface JobNodesProps {
  readonly configuration: DeploymentConfiguration;
  readonly key?: IKey;
  /** Folder that has `nodes/`. */
  readonly sourceRoot: string;
}

/** All that nodes stand on: network, roles and launch templates, the document that runs steps, their payloads and logs. */
export class JobNodes extends Construct {
  readonly network: NodeNetwork;
  readonly namespaces: readonly NamespaceNodes[];
  readonly jobLogs: LogGroup;
  readonly stepBucket: Bucket;
  readonly resultsBucket: Bucket | undefined;
  readonly document: CfnDocument;
  private readonly deployment: string;

  constructor(scope: Construct, id: string, props: JobNodesProps) {
    super(scope, id);
    const { configuration, key } = props;
    this.deployment = configuration.name;
    this.network = new NodeNetwork(this, 'Network', { configuration });
    this.jobLogs = retainedLogGroup(this, 'JobLogs', configuration, 'jobs', {
      removalPolicy: configuration.production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.stepBucket = privateBucket(this, 'Steps', configuration, { key, expireAfterDays: { 'steps/': stepPayloadDays, 'secrets/': secretDays } });
    this.resultsBucket = configuration.resultsBucket ? privateBucket(this, 'Results', configuration) : undefined;
    this.document = stepDocument(this, 'StepDocument', props.sourceRoot);
    this.namespaces = Object.entries(configuration.namespaces).map(([namespace, settings]) =>
      new NamespaceNodes(this, namespace === '*' ? 'AnyNamespace' : `Namespace-${namespace}`, {
        configuration,
        namespace,
        settings,
        securityGroupId: this.network.securityGroupId,
        bootstrapScript: readFileSync(join(props.sourceRoot, 'nodes', 'bootstrap.sh'), 'utf8'),
        access: { jobLogs: this.jobLogs, resultsBucket: this.resultsBucket as IBucket | undefined, configuration },
      }));
  }

  /** Sending steps to the deployment's nodes, and following and stopping them. */
  allowCommands(sender: OrchestratorFunction): void {
    this.allowSending(sender);
    sender.allow(['ssm:CancelCommand'], ['*']);
    this.allowCommandStatus(sender);
  }

  /** Sending steps to the deployment's nodes. */
  allowSending(sender: OrchestratorFunction): void {
    const stack = Stack.of(this);
    const document = stack.formatArn({ service: 'ssm', resource: 'document', resourceName: this.document.ref });
    sender.allow(['ssm:SendCommand'], [document]);
    sender.allow(['ssm:SendCommand'], [this.instanceArns()], {
      StringEquals: { 'aws:ResourceTag/orchestrator:deployment': this.deployment },
    });
  }

  /** What commands answered, and which nodes are online. SSM knows no resources for these calls. */
  allowCommandStatus(reader: OrchestratorFunction): void {
    reader.allow(['ssm:DescribeInstanceInformation', 'ssm:ListCommands', 'ssm:ListCommandInvocations'], ['*']);
  }

  /** Publishing the payload of a step with the secret of its attempt, and signing the URL by which nodes fetch it. */
  allowStepPayloads(publisher: OrchestratorFunction): void {
    publisher.allow(['s3:PutObject', 's3:GetObject'], [this.stepBucket.arnForObjects('steps/*'), this.stepBucket.arnForObjects('secrets/*')]);
    this.stepBucket.encryptionKey?.grant(publisher, 'kms:GenerateDataKey', 'kms:Decrypt');
  }

  private instanceArns(): string {
    return Stack.of(this).formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' });
  }
}
