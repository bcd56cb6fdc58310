import type { EpochMs } from '../../../core/job/ids.ts';
import type { Answered } from '../../../core/ports/market-knowledge.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';

export interface AnswersOptions {
  /** What is asked about, as log lines name it. */
  readonly subject: string;
  /** How long an answer is good for. */
  readonly lifeMs: number;
  /** How long it is good for that nobody could say; as long as an answer when left out. */
  readonly unknownLifeMs?: number;
  readonly clock: Clock;
  readonly log: EventLog;
}

interface Kept<T> {
  readonly answer: Promise<Answered<T>>;
  untilMs: number;
}

/**
 * Answers of others by question, kept in the process for a while. A question that fails is answered with why, is
 * logged once, and is not asked again before its time either: whoever is refused does not get better by repetition.
 * Those who ask at the same time share one question.
 */
export class Answers<T> {
  readonly #options: AnswersOptions;
  readonly #kept = new Map<string, Kept<T>>();

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Never throws. */
  async to(question: string, ask: () => Promise<Answered<T>>): Promise<Answered<T>> {
    const { clock, lifeMs, unknownLifeMs = lifeMs } = this.#options;
    const nowMs = clock.now();
    const known = this.#kept.get(question);
    if (known && known.untilMs > nowMs) return known.answer;
    this.#forgetBefore(nowMs);
    const asked: Kept<T> = { answer: this.#ask(question, ask), untilMs: nowMs + lifeMs };
    this.#kept.set(question, asked);
    const answer = await asked.answer;
    if ('unknown' in answer) asked.untilMs = nowMs + unknownLifeMs;
    return answer;
  }

  async #ask(question: string, ask: () => Promise<Answered<T>>): Promise<Answered<T>> {
    const { subject, log } = this.#options;
    const answer = await ask().catch((error: unknown) => ({ unknown: inWords(error) }));
    if ('unknown' in answer) log.warn(`Not known: ${subject}`, { question, why: answer.unknown });
    return answer;
  }

  #forgetBefore(nowMs: EpochMs): void {
    for (const [question, { untilMs }] of this.#kept) if (untilMs <= nowMs) this.#kept.delete(question);
  }
}

/** What went wrong, in words that complete "is not known: …". */
export function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
