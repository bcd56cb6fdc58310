import type { EpochMs } from '../../../core/job/ids.ts';

/** What the functions of a deployment remember of a question about placement scores. */
export interface AskedScores {
  /** When EC2 was asked last, whatever came of it. */
  readonly askedAtMs: EpochMs;
  /** What EC2 answered last, by zone: within a day of it EC2 does not count the question as new. */
  readonly answer?: { readonly atMs: EpochMs; readonly scores: Readonly<Record<string, number>> };
}

/** `asked`: another function asks just now. `spent`: no new question is left for today. */
export type Claim = 'ours' | 'asked' | 'spent';

/** Placement scores that all functions of the deployment share, with the count of what may still be asked. */
export interface PlacementScoreMemory {
  recall(question: string): Promise<AskedScores | undefined>;
  /**
   * Takes the right to ask EC2, of which one of several callers has it.
   *
   * @param known what `recall` answered
   * @param newPerDay how many questions may be asked a day that EC2 has not answered within a day; `undefined` for one that it has
   */
  claim(question: string, known: AskedScores | undefined, nowMs: EpochMs, newPerDay: number | undefined): Promise<Claim>;
  remember(question: string, asked: AskedScores): Promise<void>;
  /** EC2 takes no new question: none is left for today, whatever was counted. */
  exhaust(nowMs: EpochMs): Promise<void>;
}
