import type { Answered } from '../../../core/ports/market-knowledge.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { ExpiringCache } from '../ec2/expiring-cache.ts';

export interface AnswersOptions {
  /** What is asked about, as log lines name it. */
  readonly subject: string;
  /** How long an answer is good for; that nobody could say it, too. */
  readonly lifeMs: number;
  readonly clock: Clock;
  readonly log: EventLog;
}

/**
 * Answers of others by question, kept in the process for a while. A question that fails is answered with why, is
 * logged once, and is not asked again before its time either: whoever is refused does not get better by repetition.
 */
export class Answers<T> {
  readonly #cache: ExpiringCache<Answered<T>>;
  readonly #subject: string;
  readonly #log: EventLog;

  constructor({ subject, lifeMs, clock, log }: AnswersOptions) {
    this.#cache = new ExpiringCache(clock, lifeMs);
    this.#subject = subject;
    this.#log = log;
  }

  /** Never throws. */
  async to(question: string, ask: () => Promise<Answered<T>>): Promise<Answered<T>> {
    return this.#cache.get(question, async () => {
      const answer = await ask().catch((error: unknown) => ({ unknown: inWords(error) }));
      if ('unknown' in answer) this.#log.warn(`Not known: ${this.#subject}`, { question, why: answer.unknown });
      return answer;
    });
  }
}

/** What went wrong, in words that complete "is not known: …". */
export function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
