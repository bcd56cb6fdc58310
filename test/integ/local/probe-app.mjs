// A CDK app with one of each that the local cloud adds to MiniStack, so that its tests are quick.
import { App, CfnOutput, CliCredentialsStackSynthesizer, Duration, Stack } from 'aws-cdk-lib';
import { AuthorizationType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AlarmRule, CompositeAlarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { InterfaceVpcEndpointAwsService, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { CfnStateMachineAlias, CfnStateMachineVersion, DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';

const code = `
const { existsSync } = require('node:fs');
exports.handler = async (event) => {
  while (event.untilFile && !existsSync(event.untilFile)) await new Promise((resolve) => setTimeout(resolve, 50));
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: 'Probe', Dimensions: [[]], Metrics: [{ Name: 'Calls' }] }] },
    Calls: 1,
  }));
  return { statusCode: 200, body: JSON.stringify({
    release: process.env.RELEASE, ec2: process.env.AWS_ENDPOINT_URL_EC2, leaked: process.env.PROBE_LEAK,
    caller: event.requestContext?.identity?.userArn,
  }) };
};`;

const app = new App();
const release = app.node.tryGetContext('release');
const stack = new Stack(app, 'Probe', { synthesizer: new CliCredentialsStackSynthesizer() });

const fn = new LambdaFunction(stack, 'Function', {
  runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline(code),
  environment: { RELEASE: release }, timeout: Duration.minutes(2),
});
const api = new RestApi(stack, 'Api', { cloudWatchRole: false, defaultMethodOptions: { authorizationType: AuthorizationType.IAM } });
api.root.addResource('{proxy+}').addMethod('GET', new LambdaIntegration(fn));

const machine = new StateMachine(stack, 'Machine', {
  definitionBody: DefinitionBody.fromString(JSON.stringify({ StartAt: 'Say', States: { Say: { Type: 'Pass', Result: release, End: true } } })),
});
const version = new CfnStateMachineVersion(stack, 'Version', {
  stateMachineArn: machine.stateMachineArn, stateMachineRevisionId: machine.stateMachineRevisionId,
});
const alias = new CfnStateMachineAlias(stack, 'Alias', {
  name: 'live', routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
});

const vpc = new Vpc(stack, 'Vpc', {
  natGateways: 0, restrictDefaultSecurityGroup: false,
  subnetConfiguration: [{ name: 'nodes', subnetType: SubnetType.PRIVATE_ISOLATED }],
});
vpc.addInterfaceEndpoint('Ssm', { service: InterfaceVpcEndpointAwsService.SSM });
const group = new SecurityGroup(stack, 'Nodes', { vpc });
group.addIngressRule(group, Port.allTraffic());

const single = fn.metricErrors().createAlarm(stack, 'Errors', { threshold: 1, evaluationPeriods: 1 });
const ratio = new MathExpression({
  expression: 'errors / calls', usingMetrics: { errors: fn.metricErrors(), calls: fn.metricInvocations() },
}).createAlarm(stack, 'ErrorRatio', { threshold: 0.1, evaluationPeriods: 1 });
const unhealthy = new CompositeAlarm(stack, 'Unhealthy', { alarmRule: AlarmRule.anyOf(single, ratio) });
new EventBus(stack, 'Bus').archive('Archive', { eventPattern: { source: ['probe'] }, retention: Duration.days(1) });
const query = new QueryDefinition(stack, 'Query', { queryDefinitionName: 'probe', queryString: new QueryString({ fields: ['@message'] }) });
const document = new CfnDocument(stack, 'Document', {
  documentType: 'Command', updateMethod: 'NewVersion',
  content: {
    schemaVersion: '2.2', description: `Probe, release ${release}`,
    mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { runCommand: ['true'] } }],
  },
});

for (const [name, value] of Object.entries({
  ApiUrl: api.url, FunctionName: fn.functionName, AliasArn: alias.attrArn, VpcCidr: vpc.vpcCidrBlock,
  DocumentName: document.ref, GroupId: group.securityGroupId,
  AlarmArn: unhealthy.alarmArn, QueryId: query.queryDefinitionId,
})) new CfnOutput(stack, name, { value }).overrideLogicalId(name);
