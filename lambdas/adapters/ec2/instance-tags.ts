import type { Tag } from '@aws-sdk/client-ec2';
import type { GangRequest, PlannedLaunch } from '../../../core/capacity/gang.ts';

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
 * Tags of the instances of a launch: whose they are, and the job's labels as `label:<key>` for the cost report. A label
 * whose name is too long for a tag is cut.
 */
export function instanceTags(deployment: string, gang: GangRequest, launch: PlannedLaunch): Tag[] {
  const tags = new Map(Object.entries(gang.labels).map(([key, value]) => [`label:${key}`.slice(0, LONGEST_TAG_KEY), value]));
  tags.set('Name', `${gang.namespace}/${gang.jobId}/${launch.pool}`);
  tags.set(tagKeys.deployment, deployment);
  tags.set(tagKeys.namespace, gang.namespace);
  tags.set(tagKeys.job, gang.jobId);
  tags.set(tagKeys.attempt, String(gang.attempt));
  tags.set(tagKeys.pool, launch.pool);
  tags.set(tagKeys.launch, String(launch.ordinal));
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
