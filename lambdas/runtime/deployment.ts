import * as z from 'zod';
import type { Deployment } from '../../core/deployment/deployment.ts';
import { isRecord } from '../../core/manifest/problems.ts';
import { ConfigurationError } from '../../core/errors/orchestrator-error.ts';

const byArchitecture = z.object({ x86_64: z.exactOptional(z.string()), arm64: z.exactOptional(z.string()) });
const byAdapters = z.record(z.string(), z.string());
const seconds = z.number().nonnegative();

// Strict: settings of a provider that are not named here would be lost without a word, and the provider with them.
const simulatedProvider = z.strictObject({
  capacity: z.array(z.strictObject({
    instanceType: z.exactOptional(z.string()), zone: z.exactOptional(z.string()), market: z.exactOptional(z.enum(['spot', 'on-demand', 'reserved'])),
    machines: z.int().nonnegative(), code: z.exactOptional(z.string()),
  })),
  usdPerHour: z.record(z.string(), z.number().nonnegative()),
});

const deploymentSchema = z.object({
  name: z.string().min(1),
  region: z.string().min(1),
  table: z.string().min(1),
  stepBucket: z.string().min(1),
  stepDocument: z.string().min(1),
  jobLogGroup: z.string().min(1),
  stateMachineArn: z.string().min(1),
  eventBus: z.string().min(1),
  subnets: z.record(z.string(), z.string()),
  imageAliases: z.record(z.string(), z.string()),
  machineImages: z.record(z.string(), byArchitecture),
  namespaces: z.record(z.string(), z.object({
    launchTemplates: byArchitecture,
    efaLaunchTemplates: z.exactOptional(z.object({ x86_64: z.exactOptional(byAdapters), arm64: z.exactOptional(byAdapters) })),
    capacityReservations: z.exactOptional(z.array(z.string())),
  })),
  slurmSubstitutes: z.record(z.string(), z.array(z.string())),
  storageTypes: z.exactOptional(z.array(z.enum(['EFS', 'FSx']))),
  providers: z.exactOptional(z.strictObject({ simulated: z.exactOptional(simulatedProvider) })),
  limits: z.object({
    maxRunningJobs: z.int().positive(),
    maxNodesPerJob: z.int().positive(),
    maxReplacementsPerAttempt: z.int().nonnegative(),
  }),
  intervals: z.object({
    nodeOnlineTimeout: seconds,
    nodePoll: seconds,
    cooldownBase: seconds,
    cooldownMaximum: seconds,
    destroyWait: seconds,
    orphanGrace: seconds,
    unansweredAfter: seconds,
    schedulerLease: seconds,
  }),
  capacity: z.object({ spotAdvisorFeed: z.string(), placementScoresPerDay: z.int().nonnegative() }),
  telemetry: z.object({
    traces: z.boolean(), otlpEndpoint: z.exactOptional(z.string()), collector: z.enum(['all', 'head', 'none']), nodeMetrics: z.boolean(), programMetrics: z.boolean(), installCollector: z.boolean(),
    logBytesPerAttempt: z.int().positive(),
    costLabel: z.exactOptional(z.object({ key: z.string(), values: z.array(z.string()) })),
  }),
}) satisfies z.ZodType<Deployment>;

/** The two halves of a deployment's description, each JSON. */
export interface DeploymentSource {
  /** What is known at synthesis: inlined into the bundle. */
  readonly fixed: string | undefined;
  /** What CloudFormation names: a small variable of the function's environment. */
  readonly resources: string | undefined;
}

/**
 * Reads what the function's deployment is. Both halves are merged field by field.
 *
 * The bundler replaces `process.env['ORCH_DEPLOYMENT']` here by the text itself: the environment of a function holds
 * 4 KiB only.
 *
 * @throws ConfigurationError naming every field that is missing or wrong.
 */
export function loadDeployment(
  source: DeploymentSource = { fixed: process.env['ORCH_DEPLOYMENT'], resources: process.env['ORCH_RESOURCES'] },
): Deployment {
  const merged = merge(readJson('ORCH_DEPLOYMENT', source.fixed), readJson('ORCH_RESOURCES', source.resources));
  const result = deploymentSchema.safeParse(merged);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigurationError(`The deployment is not described completely: ${problems.join('; ')}.`, { problems });
}

function readJson(variable: string, text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConfigurationError(`${variable} is not JSON.`, { variable }, { cause: error });
  }
}

function merge(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over ?? base;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(base[key], over[key])]));
}
