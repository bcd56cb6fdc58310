import type { Instance } from '../model.ts';

/** What EC2 says of instances that ended, by who ended them. */
export const END_REASONS = {
  user: { code: 'Client.UserInitiatedShutdown', message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
  itself: { code: 'Client.InstanceInitiatedShutdown', message: 'Client.InstanceInitiatedShutdown: Instance initiated shutdown' },
  spot: { code: 'Server.SpotInstanceTermination', message: 'Server.SpotInstanceTermination: Spot instance termination' },
  host: { code: 'Server.InternalError', message: 'Server.InternalError: Internal error on launch' },
} as const;

/** Why an instance ends. */
export type EndReason = keyof typeof END_REASONS;

/** Why an instance ends at `nowMs` (wall time); undefined where it does not. */
export function endDue({ reclaimAtMs, diesAtMs, endsAtMs }: Instance, nowMs: number): EndReason | undefined {
  const isDue = (due: number | undefined) => due !== undefined && due <= nowMs;
  if (isDue(diesAtMs)) {
    return 'host';
  }
  if (isDue(reclaimAtMs)) {
    return 'spot';
  }
  return isDue(endsAtMs) ? 'user' : undefined;
}
