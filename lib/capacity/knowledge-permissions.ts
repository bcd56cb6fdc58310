import type { DeploymentConfiguration } from '../configuration/schema.ts';
import type { OrchestratorFunction } from '../functions/orchestrator-function.ts';
import type { JobNodes } from '../nodes/job-nodes.ts';

/** The one object that the refresh writes; `S3MarketFacts` names it too. */
const factsKey = 'market/facts.json';

/**
 * Asking all that others know of the market. The table, where placement scores are shared, is not part of it: who asks
 * for them needs to read and write it.
 */
export function allowKnowledge(asker: OrchestratorFunction, configuration: DeploymentConfiguration, nodes: JobNodes): void {
  allowFacts(asker, nodes);
  allowMarketDescriptions(asker, configuration);
  if (configuration.capacity.placementScoresPerDay === 0) return;
  // EC2 names the zones of scores by their ids.
  asker.allow(['ec2:GetSpotPlacementScores', 'ec2:DescribeAvailabilityZones'], ['*']);
}

/** Free addresses, and room in capacity reservations where namespaces have some. EC2 knows no resources for descriptions. */
export function allowMarketDescriptions(asker: OrchestratorFunction, { namespaces }: DeploymentConfiguration): void {
  const hasReservations = Object.values(namespaces).some(({ capacityReservations }) => capacityReservations.length > 0);
  asker.allow(['ec2:DescribeSubnets', ...(hasReservations ? ['ec2:DescribeCapacityReservations'] : [])], ['*']);
}

/** Reading what the refresh wrote: bands and account quotas. */
export function allowFacts(reader: OrchestratorFunction, { stepBucket }: JobNodes): void {
  reader.allow(['s3:GetObject'], [stepBucket.arnForObjects(factsKey)]);
  stepBucket.encryptionKey?.grant(reader, 'kms:Decrypt');
}

/** Reading the account's quotas, which know no resource, and writing what was read. */
export function allowFactsRefresh(writer: OrchestratorFunction, { stepBucket }: JobNodes): void {
  writer.allow(['servicequotas:ListServiceQuotas'], ['*']);
  writer.allow(['s3:GetObject', 's3:PutObject'], [stepBucket.arnForObjects(factsKey)]);
  stepBucket.encryptionKey?.grant(writer, 'kms:GenerateDataKey', 'kms:Decrypt');
}
