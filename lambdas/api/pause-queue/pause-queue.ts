import { operations } from '../../../core/api/operations.ts';
import { viewPause } from '../../../core/api/queue-view.ts';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import { InvalidRequestError } from '../../../core/errors/orchestrator-error.ts';
import type { EpochMs } from '../../../core/job/ids.ts';
import { nearest } from '../../../core/manifest/suggest.ts';
import type { InstanceCatalogue } from '../../../core/ports/capacity-provider.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { PauseStore } from '../../../core/ports/share-store.ts';
import { pauseTarget } from '../../../core/scheduling/pause-target.ts';
import type { PauseScope } from '../../../core/queue/pause.ts';
import type { ApiOperation } from '../../runtime/api-handler.ts';

export interface PauseQueuePorts {
  readonly pauses: Pick<PauseStore, 'pause'>;
  readonly deployment: Pick<Deployment, 'region' | 'namespaces' | 'subnets'>;
  readonly catalogue: Pick<InstanceCatalogue, 'names'>;
  readonly clock: Clock;
  readonly newAuditId: (nowMs: EpochMs) => string;
}

/** Holds something back until it is resumed. What runs goes on; a second pause gives a new reason. */
export function pauseQueue(ports: PauseQueuePorts): ApiOperation<typeof operations.pauseQueue> {
  return {
    schema: operations.pauseQueue,
    run: async ({ body: { scope, reason }, user, origin }) => {
      await refuseUnknown(scope, ports);
      const atMs = ports.clock.now();
      const pause = { scope, by: user, reason, atMs };
      await ports.pauses.pause(pause, { id: ports.newAuditId(atMs), atMs, by: user, action: 'Paused', target: pauseTarget(scope), reason, origin });
      return { status: 200, body: viewPause(pause) };
    },
  };
}

/**
 * A pause of what does not exist would hold back nothing and say that it does.
 * @throws InvalidRequestError
 */
async function refuseUnknown(scope: PauseScope, { deployment: { region, namespaces, subnets }, catalogue }: PauseQueuePorts): Promise<void> {
  // Where there are settings for `*`, every namespace is served.
  if (scope.kind === 'namespace' && !Object.hasOwn(namespaces, '*')) refuseOther('namespace', scope.namespace, Object.keys(namespaces));
  if (scope.kind !== 'offering') return;
  refuseOther('zone', scope.zone, Object.keys(subnets));
  refuseOther('instanceType', scope.instanceType, await catalogue.names(region));
}

const nouns = { namespace: 'namespace', zone: 'zone', instanceType: 'instance type' } as const;

function refuseOther(what: keyof typeof nouns, seen: string, served: readonly string[]): void {
  if (served.includes(seen)) return;
  const suggestion = nearest(seen, served);
  const message = `this deployment serves no ${nouns[what]} ${seen}`;
  const problem = { code: 'not-offered', path: `body.scope.${what}`, message, value: seen, ...(suggestion === undefined ? {} : { suggestion }) };
  throw new InvalidRequestError(`The request is not acceptable: ${message}.`, { problems: [problem] });
}
