import { operations } from '../../../core/api/operations.ts';
import { pauseScopeText } from '../../../core/api/queue-view.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { PauseStore } from '../../../core/ports/share-store.ts';
import { pauseTarget } from '../../../core/scheduling/pause-target.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

export interface ResumeQueuePorts {
  readonly pauses: Pick<PauseStore, 'resume'>;
  readonly clock: Clock;
  readonly newAuditId: (nowMs: EpochMs) => string;
}

/** Lets what was held back go on; what was not held back goes on as it did. */
export function resumeQueue(ports: ResumeQueuePorts): ApiOperation<typeof operations.resumeQueue> {
  return {
    schema: operations.resumeQueue,
    run: async ({ body: { scope, reason }, user, origin }) => {
      const atMs = ports.clock.now();
      const resumed = await ports.pauses.resume(scope, { id: ports.newAuditId(atMs), atMs, by: user, action: 'Resumed', target: pauseTarget(scope), reason, origin });
      return { status: 200, body: { scope: pauseScopeText(scope), resumed } };
    },
  };
}
