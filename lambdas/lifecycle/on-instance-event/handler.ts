import * as z from 'zod';
import { instanceId } from '../../../core/job/ids.ts';
import { capacity } from '../../composition/capacity.ts';
import { attempts, clock, jobs } from '../../composition/stores.ts';
import { eventHandler } from '../../runtime/event-handler.ts';
import { onInstanceNotice } from './on-instance-event.ts';

const schema = z.object({
  'detail-type': z.enum(['EC2 Spot Instance Interruption Warning', 'EC2 Instance Rebalance Recommendation']),
  detail: z.object({ 'instance-id': z.string().min(1) }),
});

export const handler = eventHandler({
  schema,
  run: (event) =>
    onInstanceNotice(
      { jobs, attempts, capacity, clock },
      {
        instanceId: instanceId(event.detail['instance-id']),
        kind: event['detail-type'] === 'EC2 Spot Instance Interruption Warning' ? 'interruption' : 'rebalance',
      },
    ),
});
