import { GetTraceSegmentDestinationCommand, XRayClient } from '@aws-sdk/client-xray';
import type { DeploymentConfiguration } from '../../lib/configuration/schema.ts';
import { tracesGoToCloudWatch } from './check-traces.ts';
import type { TraceFacts } from './facts.ts';

/** Asks where the account keeps spans. Asks nobody where the configuration sends none to CloudWatch. */
export async function readTraces({ region, telemetry }: DeploymentConfiguration): Promise<TraceFacts> {
  if (!tracesGoToCloudWatch(telemetry)) return {};
  const { Destination, Status } = await new XRayClient({ region }).send(new GetTraceSegmentDestinationCommand({}));
  return { destination: { keeper: Destination ?? 'XRay', isReady: Status === 'ACTIVE' } };
}
