/** A line of a waterfall. */
export interface Row {
  readonly depth: number;
  readonly label: string;
  /** What came of it, where there is something to say beside its length. */
  readonly note: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly isOpen: boolean;
  /** Whether nothing is done in it but to wait. */
  readonly isWait: boolean;
  readonly error?: string;
  /** Of a node of a step, which tells what failed there. */
  readonly isNode?: true;
}
