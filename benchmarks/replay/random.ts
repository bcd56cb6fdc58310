/** Numbers that look random and are the same for the same seed. */
export interface RandomNumbers {
  /** Uniform, from `low` on and below `high`. */
  between(low: number, high: number): number;
}

/** Mulberry32 (Tommy Ettinger, public domain): enough for loads, no secret. */
export function randomNumbers(seed: number): RandomNumbers {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { between: (low, high) => low + next() * (high - low) };
}
