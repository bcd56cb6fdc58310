import type { EpochMs } from '../job/ids.ts';
import type { Market } from '../job/job.ts';

/** What somebody holds back, and says why. */
export interface Pause {
  readonly scope: PauseScope;
  readonly by: string;
  readonly reason: string;
  readonly atMs: EpochMs;
}

export type PauseScope =
  | { readonly kind: 'queue' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'market'; readonly market: Market }
  | { readonly kind: 'offering'; readonly instanceType: string; readonly zone: string; readonly market: Market };
