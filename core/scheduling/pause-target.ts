import { offeringKey } from '../capacity/offering.ts';
import type { PauseScope } from '../queue/pause.ts';

/** A stable string for what is held back: `queue`, `namespace/physics`, `market/spot`, `offering/c7i.large/us-east-1a/spot`. */
export function pauseTarget(scope: PauseScope): string {
  switch (scope.kind) {
    case 'queue':
      return 'queue';
    case 'namespace':
      return `namespace/${scope.namespace}`;
    case 'market':
      return `market/${scope.market}`;
    case 'offering':
      return `offering/${offeringKey(scope)}`;
  }
}
