import * as z from 'zod';
import { capacity, placementGroups } from '../../composition/capacity.ts';
import { executions } from '../../composition/machine.ts';
import { stepPorts } from '../../composition/step-ports.ts';
import { cooldowns } from '../../composition/stores.ts';
import { eventHandler } from '../../runtime/event-handler.ts';
import { logger, measure } from '../../runtime/telemetry.ts';
import { reconcile } from './reconcile.ts';

export const handler = eventHandler({
  schema: z.unknown(),
  run: async () => {
    await reconcile({ ...stepPorts, executions, capacity, cooldowns, placementGroups, measure, log: logger });
  },
});
