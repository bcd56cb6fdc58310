import * as z from 'zod';
import { instanceId } from '../../../core/job/ids.ts';
import { capacity } from '../../composition/capacity.ts';
import { tokens } from '../../composition/machine.ts';
import { attempts, clock, cooldowns, deployment, jobs, manifests } from '../../composition/stores.ts';
import { eventHandler } from '../../runtime/event-handler.ts';
import { logger } from '../../runtime/telemetry.ts';
import { onInstanceNotice, type InstanceNotice } from './on-instance-event.ts';

const kinds = {
  'EC2 Spot Instance Interruption Warning': 'interruption',
  'EC2 Instance Rebalance Recommendation': 'rebalance',
  'EC2 Instance State-change Notification': 'gone',
} as const satisfies Record<string, InstanceNotice['kind']>;

const schema = z.object({
  'detail-type': z.enum(['EC2 Spot Instance Interruption Warning', 'EC2 Instance Rebalance Recommendation', 'EC2 Instance State-change Notification']),
  detail: z.object({ 'instance-id': z.string().min(1) }),
});

export const handler = eventHandler({
  schema,
  run: (event) =>
    onInstanceNotice(
      { jobs, attempts, capacity, manifests, tokens, cooldowns, deployment, clock, log: logger },
      { instanceId: instanceId(event.detail['instance-id']), kind: kinds[event['detail-type']] },
    ),
});
