import type { EpochMs } from '../../core/job/ids.ts';
import { readQueue, type QueueLook, type QueueReaderPorts } from './read-queue.ts';

/** Looks at the queue at most once in `rememberMs`, however often it is asked. What failed is not remembered. */
export function recentQueue(ports: QueueReaderPorts, rememberMs: number): () => Promise<QueueLook> {
  let last: { readonly atMs: EpochMs; readonly look: Promise<QueueLook> } | undefined;
  return () => {
    const nowMs = ports.clock.now();
    if (last !== undefined && nowMs < last.atMs + rememberMs) return last.look;
    const reading = { atMs: nowMs, look: readQueue(ports) };
    last = reading;
    reading.look.catch(() => {
      if (last === reading) last = undefined;
    });
    return reading.look;
  };
}
