import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal, type Conditions } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel, Architecture, Code, Function, LoggingFormat, Runtime, SystemLogLevel, Tracing, type FunctionProps,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { HandlerBundles } from './handler-bundles.ts';
import { retainedLogGroup } from './log-group.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';

/** What all functions of a deployment share. */
export interface FunctionSettings {
  readonly configuration: DeploymentConfiguration;
  readonly bundles: HandlerBundles;
  /** Environment of every function; may hold tokens. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface OrchestratorFunctionProps extends Omit<FunctionProps, 'code' | 'handler' | 'runtime' | 'role' | 'logGroup'> {
  readonly settings: FunctionSettings;
  /** `<area>/<verb-noun>`: `lambdas/<area>/<verb-noun>/handler.ts` is what runs. */
  readonly handlerName: string;
}

/**
 * A function of the product: Node 24 on arm64, traced, with JSON logs in a group of its own that does not grow for
 * ever, and a role of its own that may write these logs and nothing else until `allow` says so. Other properties of
 * the caller win over the defaults.
 */
export class OrchestratorFunction extends Function {
  /** `<area>/<verb-noun>`. */
  readonly handlerName: string;

  constructor(scope: Construct, id: string, props: OrchestratorFunctionProps) {
    const { settings, handlerName, environment, ...overrides } = props;
    const { configuration } = settings;
    const reserved = configuration.reservedConcurrency[handlerName];
    const logs = retainedLogGroup(scope, `${id}Logs`, configuration, 'functions');
    super(scope, id, {
      description: `${configuration.name}: ${handlerName}`,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(30),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[configuration.logLevel],
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
      ...overrides,
      runtime: Runtime.NODEJS_24_X,
      code: Code.fromAsset(settings.bundles.folder(handlerName)),
      handler: 'index.handler',
      role: executionRole(scope, `${id}Role`, logs),
      logGroup: logs,
      environment: { ...settings.environment, POWERTOOLS_SERVICE_NAME: handlerName, ...environment },
    });
    this.handlerName = handlerName;
  }

  /** Lets the function do `actions` on `resources`, under `conditions` if there are any. */
  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    this.addToRolePolicy(new PolicyStatement({
      effect: Effect.ALLOW,
      actions: [...actions],
      resources: [...resources],
      ...(conditions === undefined ? {} : { conditions }),
    }));
  }
}

/** The managed policy for functions allows every log group of the account: this role may write one. */
function executionRole(scope: Construct, id: string, logs: ILogGroup): Role {
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logs.logGroupArn],
  }));
  return role;
}
