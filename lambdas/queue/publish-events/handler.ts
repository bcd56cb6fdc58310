import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { JobEventPublisher } from '../../adapters/eventbridge/job-event-publisher.ts';
import { deployment } from '../../composition/stores.ts';
import { streamHandler } from '../../runtime/stream-handler.ts';
import { traced } from '../../runtime/telemetry.ts';

const publisher = new JobEventPublisher(traced(new EventBridgeClient({})), deployment.eventBus);

export const handler = streamHandler({ chunkSize: 10, run: (items) => publisher.publish(items) });
