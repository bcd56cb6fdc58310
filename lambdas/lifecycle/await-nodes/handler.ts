import { setTimeout as delay } from 'node:timers/promises';
import { capacity } from '../../composition/capacity.ts';
import { commands } from '../../composition/commands.ts';
import { attempts, clock, cooldowns, deployment, jobs, manifests } from '../../composition/stores.ts';
import { taskHandler } from '../../runtime/task-handler.ts';
import { logger } from '../../runtime/telemetry.ts';
import { awaitNodes } from './await-nodes.ts';

/** Looks for this long and leaves time to replace a node; the state machine then calls again. */
const reserveMs = 60_000;

export const handler = taskHandler({
  run: (input, context) =>
    awaitNodes(
      { jobs, attempts, manifests, capacity, commands, cooldowns, deployment, clock, log: logger, pause: (ms) => delay(ms) },
      input,
      Math.max(0, context.getRemainingTimeInMillis() - reserveMs),
    ),
});
