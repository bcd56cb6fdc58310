import type { Attributes, SpanEvent } from './span.ts';

/** Events of a wait that is over, and what the span says of them. */
export interface ToldWait {
  readonly events: readonly SpanEvent[];
  readonly attributes: Attributes;
}

/**
 * What the entry with which a job leaves the queue tells of the wait before it: since when capacity alone held the job back, and each reason
 * for which it waited, as an event at the moment from which it did. What is not like one is left out.
 *
 * @param startMs when the wait began; nothing is told from before it, nor from after `endMs`
 */
export function toldWait(data: Readonly<Record<string, unknown>> | undefined, startMs: number, endMs: number): ToldWait {
  const within = (atMs: number): number => Math.min(Math.max(atMs, startMs), endMs);
  const heldMs: unknown = data?.['heldBackSinceMs'];
  const waited = waitedOf(data);
  const held = typeof heldMs === 'number' ? [{ atMs: within(heldMs), name: 'HeldBack', attributes: { 'orchestrator.message': 'from here on held back for want of capacity alone' } }] : [];
  const reasons = waited.map(({ code, sinceMs, untilMs, detail }): SpanEvent => ({
    atMs: within(sinceMs), name: 'Waited',
    attributes: {
      'orchestrator.waited.code': code, 'orchestrator.message': waitedText(code, detail),
      'orchestrator.waited.seconds': Math.max(0, within(untilMs) - within(sinceMs)) / 1000,
    },
  }));
  return { events: [...reasons, ...held].toSorted((a, b) => a.atMs - b.atMs), attributes: longestOf(reasons) };
}

/** All codes, and which of them held it longest; of `Queued` and one that did so as long it is the other. */
function longestOf(reasons: readonly SpanEvent[]): Attributes {
  const seconds = new Map<string, number>();
  for (const { attributes: of } of reasons) {
    const code = String(of['orchestrator.waited.code']);
    seconds.set(code, (seconds.get(code) ?? 0) + Number(of['orchestrator.waited.seconds']));
  }
  const [longest] = [...seconds].toSorted(([code, a], [, b]) => b - a || (code === 'Queued' ? 1 : -1));
  return longest === undefined ? {} : { 'orchestrator.waited.codes': [...seconds.keys()], 'orchestrator.waited.longest': longest[0], 'orchestrator.waited.longest_seconds': longest[1] };
}

interface Waited {
  readonly code: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly detail?: string;
}

function waitedOf(data: Readonly<Record<string, unknown>> | undefined): readonly Waited[] {
  const waited: unknown = data?.['waited'];
  return Array.isArray(waited) ? waited.flatMap((each: unknown) => readWaited(each) ?? []) : [];
}

function readWaited(told: unknown): Waited | undefined {
  if (typeof told !== 'object' || told === null || !('code' in told) || !('sinceMs' in told) || !('untilMs' in told)) return undefined;
  const { code, sinceMs, untilMs } = told;
  if (typeof code !== 'string' || typeof sinceMs !== 'number' || typeof untilMs !== 'number') return undefined;
  return { code, sinceMs, untilMs, ...('detail' in told && typeof told.detail === 'string' ? { detail: told.detail } : {}) };
}

/** What a job waited for, after the fact and without figures. Codes of another release say themselves. */
function waitedText(code: string, detail: string | undefined): string {
  const known = new Map(Object.entries(texts)).get(code);
  return known === undefined ? about(code, detail) : known(detail);
}

const about = (text: string, detail: string | undefined): string => (detail === undefined ? text : `${text}: ${detail}`);

const texts = {
  Queued: () => "behind others of its user's queue",
  LimitReached: (place = 'a place above it') => `for a limit of ${place}`,
  KeptForGuarantees: (place = 'a place above it') => `since what was free in ${place} is kept for those to whom it is guaranteed`,
  TooLarge: (place = 'a place above it') => `since it asks for more than ${place} might hold`,
  QuotaReached: (quota) => about('for room in an account quota', quota),
  CoolingDown: (code) => about('for capacity', code),
  Paused: (scope = 'the queue') => `for the end of a pause of ${scope}`,
  LaunchesInFlight: () => 'since as many jobs looked for machines as may at once',
  Reserved: () => 'since it would have delayed a job that comes before it',
} as const satisfies Readonly<Record<string, (detail?: string) => string>>;
