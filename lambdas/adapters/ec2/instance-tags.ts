import type { Tag } from '@aws-sdk/client-ec2';
import type { GangRequest, PlannedLaunch } from '../../../core/capacity/gang.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';

/** Tags by which instances are found again and by which IAM conditions tell ours from others. */
export const tagKeys = {
  deployment: 'orchestrator:deployment',
  namespace: 'orchestrator:namespace',
  job: 'orchestrator:job',
  attempt: 'orchestrator:attempt',
  pool: 'orchestrator:pool',
  launch: 'orchestrator:launch',
} as const;

const LONGEST_TAG_KEY = 128;

/**
 * Tags of the instances of a launch and of their volumes: whose they are, and the job's labels for the cost report, as
 * `label:<key>`, so that no label passes for a tag that rights depend on. The one that the deployment counts cost by has
 * its own name, too: there may be a cost allocation tag of that name already. Its own tags win over it. A label whose name
 * is too long for a tag is cut; of names that are alike then the first has the tag. 40 labels, 7 tags of the deployment's and that one are less than the 50 that EC2 takes.
 */
export function launchTags({ name, telemetry }: Pick<Deployment, 'name' | 'telemetry'>, gang: GangRequest, launch: PlannedLaunch): Tag[] {
  const tags = new Map(costTag(telemetry, gang.labels));
  for (const [label, value] of Object.entries(gang.labels)) {
    const key = labelKey(label);
    if (!tags.has(key)) tags.set(key, value);
  }
  tags.set('Name', `${gang.namespace}/${gang.jobId}/${launch.pool}`);
  tags.set(tagKeys.deployment, name);
  tags.set(tagKeys.namespace, gang.namespace);
  tags.set(tagKeys.job, gang.jobId);
  tags.set(tagKeys.attempt, String(gang.attempt));
  tags.set(tagKeys.pool, launch.pool);
  tags.set(tagKeys.launch, String(launch.ordinal));
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Without half a character where it is cut, which has no form on the wire. */
const labelKey = (label: string): string => `label:${label}`.slice(0, LONGEST_TAG_KEY).replace(/\p{Surrogate}$/u, '');

function costTag({ costLabel }: Deployment['telemetry'], labels: GangRequest['labels']): [string, string][] {
  if (costLabel === undefined || !Object.hasOwn(labels, costLabel.key)) return [];
  return [[costLabel.key, labels[costLabel.key] ?? '']];
}
