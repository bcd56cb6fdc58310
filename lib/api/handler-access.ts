import { allowImageCatalogue } from '../capacity/image-permissions.ts';
import { allowFacts, allowMarketDescriptions } from '../capacity/knowledge-permissions.ts';
import { allowCatalogue, allowDescriptions } from '../capacity/launch-permissions.ts';
import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';
import type { LifecycleAddress } from '../lifecycle/lifecycle-address.ts';
import type { JobNodes } from '../nodes/job-nodes.ts';
import type { QueueTable } from '../queue/queue-table.ts';

/** What functions of the API may be given. */
export interface ApiResources {
  readonly configuration: DeploymentConfiguration;
  readonly queue: QueueTable;
  readonly nodes: JobNodes;
  readonly lifecycle: LifecycleAddress;
}

type Grant = (handler: OrchestratorFunction, resources: ApiResources) => void;

const none: Grant = () => undefined;
const reads: Grant = (handler, { queue }) => queue.allowReads(handler);
const readsLogs: Grant = (handler, { nodes }) => handler.allow(['logs:FilterLogEvents'], [nodes.jobLogs.logGroupArn]);
const writes: Grant = (handler, { queue }) => {
  queue.allowReads(handler);
  queue.allowWrites(handler);
};
/** Writes, and tells the execution that waits. */
const tells: Grant = (handler, resources) => {
  writes(handler, resources);
  resources.lifecycle.allowAnswers(handler);
};

/** What checking a manifest against the deployment needs. */
const accepts: Grant = (handler, { nodes, configuration }) => {
  allowCatalogue(handler);
  allowFacts(handler, nodes);
  allowImageCatalogue(handler, configuration);
};

/** What each handler of the API needs, and no more. */
const grants: Readonly<Record<string, Grant>> = {
  'submit-job': (handler, resources) => {
    writes(handler, resources);
    accepts(handler, resources);
    // What a dry run shows; placement scores it takes from the table alone.
    allowDescriptions(handler);
    allowMarketDescriptions(handler, resources.configuration);
  },
  'list-jobs': reads,
  'get-job': reads,
  'explain-job': (handler, resources) => {
    reads(handler, resources);
    // Whether a job may pass another depends on all that hold limits.
    resources.queue.allowScans(handler);
  },
  'diagnose-job': (handler, resources) => {
    reads(handler, resources);
    resources.queue.allowScans(handler);
    readsLogs(handler, resources);
  },
  'get-queue': reads,
  'set-priority': writes,
  'list-events': reads,
  'read-logs': (handler, resources) => {
    reads(handler, resources);
    readsLogs(handler, resources);
  },
  'cancel-job': tells,
  'release-job': tells,
  'list-manifests': reads,
  'put-manifest': (handler, resources) => {
    writes(handler, resources);
    accepts(handler, resources);
  },
  'get-manifest': reads,
  'list-manifest-versions': reads,
  'recount-queue': (handler, resources) => {
    writes(handler, resources);
    resources.queue.allowScans(handler);
  },
  'get-shares': reads,
  'put-shares': writes,
  'pause-queue': (handler, resources) => {
    writes(handler, resources);
    // A mistyped instance type is refused.
    allowCatalogue(handler);
  },
  'resume-queue': writes,
  'get-capacity': (handler, resources) => {
    reads(handler, resources);
    allowCatalogue(handler);
    allowFacts(handler, resources.nodes);
    allowMarketDescriptions(handler, resources.configuration);
  },
  'list-audit': reads,
  'validate-manifest': accepts,
  'get-schema': none,
  'get-openapi': none,
};

/**
 * Gives a handler of the API what it needs.
 *
 * @throws for a handler that is not in the list: a new one has to say what it needs.
 */
export function grantApiHandler(name: string, handler: OrchestratorFunction, resources: ApiResources): void {
  const grant = grants[name];
  if (grant === undefined) throw new Error(`lib/api/handler-access.ts does not say what lambdas/api/${name} may do.`);
  grant(handler, resources);
}
