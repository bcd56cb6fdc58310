import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { JobEventPublisher } from '../../adapters/eventbridge/job-event-publisher.ts';
import { spanExporter } from '../../composition/span-exporter.ts';
import { deployment, jobs } from '../../composition/stores.ts';
import { streamHandler } from '../../runtime/stream-handler.ts';
import { logger, measure, traced } from '../../runtime/telemetry.ts';
import { JobTelemetry } from './job-telemetry.ts';

const publisher = new JobEventPublisher(traced(new EventBridgeClient({})), deployment.eventBus);
const telemetry = new JobTelemetry({ jobs, measure, log: logger, deployment, ...(spanExporter === undefined ? {} : { spans: spanExporter }) });

export const handler = streamHandler({
  chunkSize: 10,
  run: (items) => publisher.publish(items),
  afterwards: (items) => telemetry.tell(items),
});
