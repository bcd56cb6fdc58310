const SLOWER = 1.5;

/** How often to look at what changes now and then: less and less often while nothing comes, and as before when it does. */
export class Pace {
  readonly #shortestMs: number;
  readonly #longestMs: number;
  #delayMs: number;

  /** @param longestMs no bound on a `shortestMs` that is longer. */
  constructor(shortestMs: number, longestMs: number) {
    this.#shortestMs = shortestMs;
    this.#longestMs = Math.max(shortestMs, longestMs);
    this.#delayMs = shortestMs;
  }

  /** How long to wait, in milliseconds, after a look that brought something new, or did not. */
  after(isNews: boolean): number {
    this.#delayMs = isNews ? this.#shortestMs : Math.min(this.#delayMs * SLOWER, this.#longestMs);
    return this.#delayMs;
  }
}
