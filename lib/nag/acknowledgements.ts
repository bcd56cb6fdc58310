/** A finding that stays, with the reason why. */
export interface Acknowledgement {
  /** The finding's id, with what was found in brackets where a rule finds several things. */
  readonly finding: RegExp;
  /** Path of the constructs below the stack. */
  readonly construct: RegExp;
  readonly reason: string;
}

const anyConstruct = /./;
const launchers = /^(Lifecycle\/(AcquireCapacity|AwaitNodes|DestroyNodes)|Events\/Reconcile)Role\//;

/**
 * Findings of the AWS Solutions rules that stay. Each names what it is about so narrowly that another wildcard, or
 * the same one elsewhere, still fails the synthesis.
 */
export const acknowledgements: readonly Acknowledgement[] = [
  {
    finding: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    construct: anyConstruct,
    reason: 'Only for actions that know no resources (X-Ray, metrics, descriptions of EC2 and SSM, the price list, stream '
      + 'listings, the channels of the SSM agent); test/infra holds the list of these actions.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:aws:ec2:.+:instance\/\*\]$/,
    construct: /^(Lifecycle|Events)\/\w+Role\/|^Nodes\/\w[\w-]*\/Role\/|^SlurmImages\/BuildRole\//,
    reason: 'Instances are not known before they are launched: the statements ask for the tag of the deployment, or let '
      + 'a node report its own health.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:aws:s3:::ec2imagebuilder\*\/\*\]$/,
    construct: /^SlurmImages\/BuildRole\//,
    reason: 'Buckets of AWS, one in each region, with what Image Builder runs components by.',
  },
  {
    finding: /^AwsSolutions-IAM4\[Policy::arn:.+:iam::aws:policy\/EC2ImageBuilderExecutionPolicy\]$/,
    construct: /^SlurmImages\/PipelineRole\//,
    reason: 'What Image Builder calls in the name of a pipeline is decided by Image Builder; AWS keeps this policy up to date with it.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:aws:ec2:.+:(fleet|network-interface|spot-instances-request|volume)\/\*\]$/,
    construct: launchers,
    reason: 'A launch makes these anew; it is allowed only from the launch templates of the deployment.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:aws:ec2:.+:placement-group\/[\w-]+-\*\]$/,
    construct: launchers,
    reason: 'Groups are made for attempts and named after them, behind the name of the deployment; they carry its tag.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:aws:ec2:[\w-]+:\*:capacity-reservation\/cr-[0-9a-f]+\]$/,
    construct: launchers,
    reason: 'A reservation that is named may belong to another account, which shares it.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:aws:ec2:.+::image\/\*\]$/,
    construct: launchers,
    reason: 'A node pool may name any AMI that the account can read.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:.+:ssm:.+:parameter\/[\w-]+\/images\/slurm\/\*\]$/,
    construct: /^(Lifecycle|Events|Api)\/\w+Role\//,
    reason: 'The catalogue of images with Slurm: their versions are not known when the stack is deployed.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::arn:aws:states:.+:(stateMachine|execution):[\w-]+:\*\]$/,
    construct: /^(Scheduling|Lifecycle|Events|Api)\/\w+Role\//,
    reason: 'Versions of the one state machine, and its executions, which have generated names.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::<NodesSteps\w+\.Arn>\/(steps|secrets)\/\*\]$/,
    construct: /^(Lifecycle|Events)\/\w+Role\//,
    reason: 'Payloads of steps and secrets of attempts, one object each, under two prefixes of a bucket that holds nothing else.',
  },
  {
    finding: /^AwsSolutions-IAM5\[Resource::(<NodesResults\w+\.Arn>\/[\w-]+\/\*|arn:.+:s3:::[\w.-]+\/\*)\]$/,
    construct: /^Nodes\/\w[\w-]*\/Role\//,
    reason: 'Results of jobs: objects that jobs name, in the folder or the bucket that the administrator gave the namespace.',
  },
  {
    finding: /^AwsSolutions-IAM4\[Policy::arn:.+:iam::aws:policy\/service-role\/AmazonAPIGatewayPushToCloudWatchLogs\]$/,
    construct: /^Api\/Api\/CloudWatchRole\//,
    reason: 'The role belongs to the account, not to this API: API Gateway has one for all logs of a region.',
  },
  {
    finding: /^AwsSolutions-IAM4\[Policy::arn:/,
    construct: /^Nodes\/\w[\w-]*\/Role\//,
    reason: 'A managed policy that the administrator gave the namespace.',
  },
  {
    finding: /^AwsSolutions-SQS3$/,
    construct: /Failures\/Resource$/,
    reason: 'It is a dead-letter queue.',
  },
  {
    finding: /^AwsSolutions-S1$/,
    construct: /^Nodes\/(Steps|Results)\/Resource$/,
    reason: 'Server access logs cost a second bucket; who needs them turns on CloudTrail data events for this one.',
  },
  {
    finding: /^AwsSolutions-SF1$/,
    construct: /^Lifecycle\/Machine\//,
    reason: 'Errors are logged. Logging every event doubles the price of a transition and repeats the history of the job.',
  },
  {
    finding: /^AwsSolutions-APIG2$/,
    construct: /^Api\/Api\/Resource$/,
    reason: 'Handlers validate with the same schemas as the OpenAPI document, and say every problem with its place.',
  },
  {
    finding: /^AwsSolutions-APIG3$/,
    construct: /^Api\/Api\/DeploymentStage/,
    reason: 'Every route asks for a SigV4 signature; a web ACL has a monthly price and is a choice (`api.waf`).',
  },
  {
    finding: /^AwsSolutions-APIG6$/,
    construct: /^Api\/Api\/DeploymentStage/,
    reason: 'The access log has each request and what was wrong with it; the execution log would be kept for ever, in a group that API Gateway makes.',
  },
  {
    finding: /^AwsSolutions-COG4$/,
    construct: /^Api\/Api\//,
    reason: 'Callers sign with IAM credentials: namespaces are separated by plain IAM policies.',
  },
  {
    finding: /^AwsSolutions-VPC7$/,
    construct: /^Nodes\/Network\/Vpc\/Resource$/,
    reason: 'The administrator turned flow logs off (`network.flowLogs`).',
  },
];
