import { Duration, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat, AuthorizationType, EndpointType, LambdaIntegration, LogGroupLogDestination, MethodLoggingLevel, RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { routes } from '../../core/api/routes.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import { retainedLogGroup } from '../functions/log-group.ts';
import { OrchestratorFunction, type FunctionSettings } from '../functions/orchestrator-function.ts';
import type { Alarms } from '../observability/alarms.ts';
import { firewall } from './firewall.ts';
import { grantApiHandler, type ApiResources } from './handler-access.ts';
import { addProblemResponses } from './problem-responses.ts';

const stageName = 'api';

/** Answers of the server's own fault within five minutes that are more than an accident. */
const tolerableServerErrors = 5;

export interface OrchestratorApiProps extends Omit<ApiResources, 'configuration'> {
  readonly settings: FunctionSettings;
  readonly alarms: Alarms;
}

/** The REST API: one function per handler of the route table, a SigV4 signature asked for on every route. */
export class OrchestratorApi extends Construct {
  readonly api: RestApi;
  /** Root of the API, without a slash at its end. */
  readonly url: string;
  readonly handlers: readonly OrchestratorFunction[];
  /** Who called what, and what was answered. */
  readonly accessLogs: LogGroup;

  constructor(scope: Construct, id: string, props: OrchestratorApiProps) {
    super(scope, id);
    const { configuration } = props.settings;
    this.accessLogs = retainedLogGroup(this, 'AccessLogs', configuration, 'api');
    this.api = restApi(this, configuration, this.accessLogs);
    addProblemResponses(this.api);
    const made = new Map<string, OrchestratorFunction>();
    for (const { method, path, handler: name } of routes) {
      const handler = made.get(name) ?? makeHandler(this, name, props);
      made.set(name, handler);
      this.api.root.resourceForPath(path).addMethod(method, new LambdaIntegration(handler, { allowTestInvoke: false }));
    }
    this.handlers = [...made.values()];
    this.api.node.tryRemoveChild('Endpoint'); // an output that the stack has under its own name
    const stack = Stack.of(this);
    this.url = `https://${this.api.restApiId}.execute-api.${stack.region}.${stack.urlSuffix}/${stageName}`;
    if (configuration.api.waf) firewall(this, this.api.deploymentStage);
    this.watch(props.alarms);
  }

  private watch(alarms: Alarms): void {
    const errors = this.api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' });
    alarms.when('ApiServerErrors', errors, {
      severity: 'wake', description: 'The API answers with errors of its own (5xx).', section: 'api-server-errors', threshold: tolerableServerErrors,
    });
  }
}

function makeHandler(scope: Construct, name: string, props: OrchestratorApiProps): OrchestratorFunction {
  const id = name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const handler = new OrchestratorFunction(scope, id, {
    settings: props.settings,
    handlerName: `api/${name}`,
    // API Gateway gives up after 29 s: then the caller should hear it from us.
    timeout: Duration.seconds(28),
    memorySize: 1024,
  });
  grantApiHandler(name, handler, { ...props, configuration: props.settings.configuration });
  return handler;
}

function restApi(scope: Construct, configuration: DeploymentConfiguration, accessLogs: LogGroup): RestApi {
  const { api } = configuration;
  const policy = sourcePolicy(api.allowedCidrs);
  return new RestApi(scope, 'Api', {
    restApiName: configuration.name,
    description: `Advanced Orchestrator ${configuration.name}`,
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: api.accountLogRole,
    defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
    ...(policy === undefined ? {} : { policy }),
    deployOptions: {
      stageName,
      tracingEnabled: true,
      // Alarms and dashboards read the metrics of the whole API, which cost nothing; those of each method are billed.
      metricsEnabled: false,
      // API Gateway makes a group of its own for this log, which keeps it for ever. What went wrong is in the access log.
      loggingLevel: MethodLoggingLevel.OFF,
      throttlingRateLimit: api.requestsPerSecond,
      throttlingBurstLimit: api.burst,
      accessLogDestination: new LogGroupLogDestination(accessLogs),
      accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
    },
  });
}

const accessLogFields = {
  requestId: '$context.requestId',
  traceId: '$context.xrayTraceId',
  time: '$context.requestTimeEpoch',
  caller: '$context.identity.userArn',
  address: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  path: '$context.path',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  functionMs: '$context.integrationLatency',
  error: '$context.error.message',
  /** What API Gateway heard from Lambda, where that did not answer: throttled, not permitted, ended. */
  functionError: '$context.integration.error',
};

/**
 * Refuses callers from elsewhere. It only denies: an allow in a resource policy would let in whoever can sign, past
 * the IAM policies that keep namespaces apart.
 */
function sourcePolicy(allowedCidrs: readonly string[]): PolicyDocument | undefined {
  if (allowedCidrs.length === 0) return undefined;
  return new PolicyDocument({
    statements: [new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      resources: ['execute-api:/*'],
      conditions: { NotIpAddress: { 'aws:SourceIp': [...allowedCidrs] } },
    })],
  });
}
