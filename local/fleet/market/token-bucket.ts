/** A bucket of request tokens as EC2 keeps them: a burst, refilled at a rate. Times are wall milliseconds. */
export class TokenBucket {
  readonly #size: number;
  readonly #refillPerSecond: number;
  #tokens: number;
  #atMs: number;

  constructor(limit: { readonly bucket: number; readonly refillPerSecond: number }, nowMs: number) {
    this.#size = limit.bucket;
    this.#refillPerSecond = limit.refillPerSecond;
    this.#tokens = limit.bucket;
    this.#atMs = nowMs;
  }

  /** Tokens that are there now. */
  level(nowMs: number): number {
    this.#tokens = Math.min(this.#size, this.#tokens + ((nowMs - this.#atMs) / 1000) * this.#refillPerSecond);
    this.#atMs = nowMs;
    return this.#tokens;
  }

  /** Takes `amount` tokens where there are as many; says whether it did. */
  take(amount: number, nowMs: number): boolean {
    if (this.level(nowMs) < amount) {
      return false;
    }
    this.#tokens -= amount;
    return true;
  }
}
