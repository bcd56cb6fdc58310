import type { GangRequest, AcquireResult, ReleaseResult } from '../../../../core/capacity/gang.ts';
import type { Deployment } from '../../../../core/deployment/deployment.ts';
import type { Node } from '../../../../core/job/job.ts';
import type { CooldownStore, Interrupted } from '../../../../core/ports/capacity-provider.ts';
import type { AttemptStore } from '../../../../core/ports/job-store.ts';
import type { Death, Phase } from './phases.ts';

/** Where the cloud of a worker is. */
export interface Surroundings {
  readonly endpoint: string;
  readonly deployment: Deployment;
}

export type Work =
  | { readonly kind: 'acquire'; readonly gang: GangRequest }
  | { readonly kind: 'replace'; readonly gang: GangRequest; readonly nodes: readonly Node[] }
  | { readonly kind: 'release'; readonly gang: GangRequest };

/** What outlives a worker: the stores, and what the job's users want of it. */
export interface Remote extends Pick<AttemptStore, 'openLaunch' | 'closeLaunch' | 'launches'>, Pick<CooldownStore, 'recent' | 'record' | 'replace' | 'clear'> {
  interrupted: Interrupted;
}

/** A call of a method of `Remote`. */
export type RemoteCall = { [Method in keyof Remote]: { readonly method: Method; readonly args: Parameters<Remote[Method]> } }[keyof Remote];

export type ToWorker =
  | { readonly kind: 'work'; readonly surroundings: Surroundings; readonly work: Work; readonly death?: Death }
  /** `json`: what the method answered, if anything. */
  | { readonly kind: 'answer'; readonly id: number; readonly json?: string }
  | { readonly kind: 'conflict'; readonly id: number; readonly message: string };

export type FromWorker =
  | { readonly kind: 'call'; readonly id: number; readonly call: RemoteCall }
  | { readonly kind: 'entered'; readonly phase: Phase }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'done'; readonly result: AcquireResult | ReleaseResult }
  | { readonly kind: 'failed'; readonly error: string };
