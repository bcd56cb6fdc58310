import type { Tags } from '../model.ts';

/** An event as EventBridge delivers it. */
export interface FleetEvent {
  readonly source: 'aws.ec2' | 'aws.ssm';
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  readonly atMs: number;
  readonly region: string;
  readonly account: string;
  /** What faults of delivery are scoped by. */
  readonly subject: { readonly instanceId?: string; readonly tags: Tags };
}
