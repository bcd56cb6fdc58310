import { setTimeout as delay } from 'node:timers/promises';
import type { EpochMs } from '../../../core/job/ids.ts';
import type { Answered } from '../../../core/ports/market-knowledge.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';

/** Nobody can say just now though nothing went wrong: not worth a line in the log, and to be asked again so soon. */
export interface NotNow {
  readonly unknown: string;
  readonly againInMs: number;
}

export type Asked<T> = Answered<T> | NotNow;

/** Asks somebody who should give up when the signal says so. */
export type Question<T> = (signal: AbortSignal) => Promise<Asked<T>>;

/** An answer that takes longer is done without, however many calls it takes: a launch waits for it, or a caller of the API. */
const PATIENCE_MS = 3_500;
/** Whoever does not heed the signal is left behind so much later. */
const GRACE_MS = 500;

export interface AnswersOptions {
  /** What is asked about, as log lines name it. */
  readonly subject: string;
  /** How long an answer is good for. */
  readonly lifeMs: number;
  /** How long it is good for that nobody could say. */
  readonly unknownLifeMs: number;
  /** How long it may take; 3.5 seconds when left out. */
  readonly patienceMs?: number;
  readonly clock: Clock;
  readonly log: EventLog;
}

interface Kept<T> {
  readonly answer: Promise<Asked<T>>;
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
  async to(question: string, ask: Question<T>): Promise<Answered<T>> {
    const { clock, lifeMs, unknownLifeMs } = this.#options;
    const nowMs = clock.now();
    const known = this.#kept.get(question);
    if (known && known.untilMs > nowMs) return plain(await known.answer);
    this.#forgetBefore(nowMs);
    const asked: Kept<T> = { answer: this.#ask(question, ask), untilMs: nowMs + lifeMs };
    this.#kept.set(question, asked);
    const answer = await asked.answer;
    if ('unknown' in answer) asked.untilMs = nowMs + ('againInMs' in answer ? answer.againInMs : unknownLifeMs);
    return plain(answer);
  }

  async #ask(question: string, ask: Question<T>): Promise<Asked<T>> {
    const { subject, log, patienceMs = PATIENCE_MS } = this.#options;
    const answer = await inTime(ask, patienceMs).catch((error: unknown) => ({ unknown: inWords(error) }));
    if ('unknown' in answer && !('againInMs' in answer)) log.warn(`Not known: ${subject}`, { question, why: answer.unknown });
    return answer;
  }

  #forgetBefore(nowMs: EpochMs): void {
    for (const [question, { untilMs }] of this.#kept) if (untilMs <= nowMs) this.#kept.delete(question);
  }
}

function plain<T>(answer: Asked<T>): Answered<T> {
  return 'unknown' in answer ? { unknown: answer.unknown } : answer;
}

/** @throws what the asked says, or Error when it takes too long. */
async function inTime<T>(ask: Question<T>, patienceMs: number): Promise<Asked<T>> {
  const signal = AbortSignal.timeout(patienceMs);
  const answered = new AbortController();
  const late = async (): Promise<never> => {
    await delay(patienceMs + GRACE_MS, undefined, { signal: answered.signal });
    throw tooLate(patienceMs);
  };
  try {
    return await Promise.race([ask(signal), late()]);
  } catch (error) {
    throw signal.aborted ? tooLate(patienceMs, error) : error;
  } finally {
    answered.abort();
  }
}

function tooLate(patienceMs: number, cause?: unknown): Error {
  return new DOMException(`no answer within ${patienceMs / 1000} seconds`, { name: 'TimeoutError', cause });
}

/** What went wrong, in words that complete "is not known: …". */
export function inWords(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
