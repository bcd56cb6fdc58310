import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { DependencyThrottledError } from '../../../core/errors/orchestrator-error.ts';
import { epochMs, isoTime, type EpochMs } from '../../../core/job/ids.ts';
import { auditedEvent, isAudited } from './audited.ts';

/** What a subscriber of the bus needs of a job's history entry; the rest of the item travels along in `data`. */
const eventSchema = z.object({
  jobId: z.string(),
  namespace: z.string(),
  number: z.number(),
  atMs: z.number().transform(epochMs),
  attempt: z.number(),
  type: z.string(),
  message: z.string(),
  provider: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

interface BusEvent {
  readonly detailType: string;
  readonly atMs: EpochMs;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Puts entries of jobs' histories and of the audit on the deployment's bus: source `orchestrator`, detail-type the entry's
 * type, of the audit `Audited`. Delivery is at least once; `jobId` and `number`, or `id`, identify an entry. Needs
 * `events:PutEvents` on the bus.
 */
export class JobEventPublisher {
  readonly #events: EventBridgeClient;
  readonly #bus: string;

  constructor(events: EventBridgeClient, bus: string) {
    this.#events = events;
    this.#bus = bus;
  }

  /**
   * At most ten items, PutEvents' limit.
   * @throws DependencyThrottledError when the bus did not take all of them: they are then sent again.
   */
  async publish(items: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    if (items.length === 0) return;
    const Entries = items.map((item) => {
      const { detailType, atMs, detail } = isAudited(item) ? auditedEvent(item) : jobEvent(item);
      return {
        EventBusName: this.#bus,
        Source: 'orchestrator',
        DetailType: detailType,
        Time: new Date(atMs),
        Detail: JSON.stringify({ ...detail, at: isoTime(atMs) }),
      };
    });
    const answer = await this.#events.send(new PutEventsCommand({ Entries }));
    if ((answer.FailedEntryCount ?? 0) > 0) {
      const codes = [...new Set(answer.Entries?.map((entry) => entry.ErrorCode).filter((code) => code !== undefined))];
      throw new DependencyThrottledError(`The event bus refused ${answer.FailedEntryCount} events: ${codes.join(', ')}.`, { codes });
    }
  }
}

function jobEvent(item: Readonly<Record<string, unknown>>): BusEvent {
  const detail = eventSchema.parse(item);
  return { detailType: detail.type, atMs: detail.atMs, detail };
}
