/** Longest text that is compared: what is longer is not a slip of the finger, and comparing costs its square. */
const MAX_COMPARED_LENGTH = 64;
/** From this length on, the beginning of a word says which word is meant. */
const MIN_PREFIX_LENGTH = 4;

/**
 * Edit distance in which a swap of two neighbours counts once (optimal string alignment),
 * since that is the slip that fingers make most.
 */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, at(beforePrevious, j - 2) + 1);
      row.push(best);
    }
    beforePrevious = previous;
    previous = row;
  }
  return at(previous, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;

/**
 * The candidate that was most probably meant, or `undefined` when none is near.
 * Case is ignored; at most a third of the letters may differ, unless it is the beginning of one candidate only.
 * Of equally near ones the first wins.
 */
export function nearest(seen: string, candidates: readonly string[]): string | undefined {
  if (seen.length === 0 || seen.length > MAX_COMPARED_LENGTH) return undefined;
  const wanted = seen.toLowerCase();
  const allowed = Math.max(1, Math.floor(seen.length / 3));
  const completed = candidates.filter((candidate) => wanted.length >= MIN_PREFIX_LENGTH && candidate.toLowerCase().startsWith(wanted));
  if (completed.length === 1) return completed[0];
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - seen.length) > allowed) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  return best?.candidate;
}
