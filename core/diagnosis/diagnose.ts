import type { JobEvent } from '../job/job.ts';
import { utf8Bytes } from '../manifest/fields.ts';
import { adviceOf } from './advice.ts';
import { causes, type CauseCode } from './causes/causes.ts';
import { certainties, type Diagnosis, type Evidence, type Finding } from './diagnosis.ts';
import { factsOf, type Facts } from './facts.ts';
import type { JobCase } from './job-case.ts';
import type { Found, Rule } from './rule.ts';
import { lastRule } from './rules/progress-rules.ts';
import { rules } from './rules/rules.ts';

/** A history may have thousands of entries: evidence is what a person reads. */
const MOST_EVENTS = 6;
const MOST_LINES = 20;
const MOST_LINE_BYTES = 4096;
const MOST_OTHERS = 4;

const LOG_UNREAD = 'The log could not be read just now: what the history has of it is all there is here, and `orch logs` reads the rest.';

interface Match extends Found {
  readonly rule: Rule;
  readonly place: number;
}

/** Why a job is where it is, or ended as it did: one cause, and what else fits. Of any job, and however little is known of it. */
export function diagnose(known: JobCase): Diagnosis {
  const facts = factsOf(known);
  const matches = ranked(facts);
  const first = matches[0] ?? { rule: lastRule, place: 0, sentence: causes.Unexplained.means };
  const { cause, certainty } = first.rule;
  const text = causes[cause];
  return {
    cause, certainty,
    sentence: first.sentence,
    bearing: isGivenUp(cause, facts) ? 'failed' : text.bearing,
    evidence: evidenceOf(known, facts, cause, first.events ?? []),
    ...adviceOf(text, facts),
    runbook: text.runbook,
    others: othersOf(cause, matches),
  };
}

/** What a waiting job may wait for, an ended one has ended by. */
const isGivenUp = (cause: CauseCode, { isDecided }: Facts): boolean => isDecided && causes[cause].bearing === 'waits';

/** Everything that fits, in the order in which it is told. */
function ranked(facts: Facts): readonly Match[] {
  const found = rules.flatMap((rule, place) => {
    const match = rule.finds(facts);
    // Whoever gave the reason may have left its text empty.
    return match === undefined ? [] : [{ ...match, sentence: match.sentence === '' ? causes[rule.cause].means : match.sentence, rule, place }];
  });
  return found.toSorted((a, b) => weight(a.rule) - weight(b.rule) || a.place - b.place);
}

function weight({ certainty, rank }: Rule): number {
  if (rank === 'beside') return 5;
  if (rank === 'general') return certainty === 'possible' ? 4 : 2;
  return certainty === 'possible' ? 3 : certainties.indexOf(certainty);
}

function othersOf(cause: CauseCode, matches: readonly Match[]): readonly Finding[] {
  const byCause = new Map<CauseCode, Finding>();
  for (const { rule, sentence } of matches) {
    if (rule.cause !== cause && rule.rank !== 'general' && !byCause.has(rule.cause)) byCause.set(rule.cause, { cause: rule.cause, sentence, certainty: rule.certainty });
  }
  return [...byCause.values()].slice(0, MOST_OTHERS);
}

/** Causes that the cloud's answers to launches are evidence of. */
const aboutLaunches = (cause: CauseCode, { job }: Facts): boolean => job.outcome === 'NO_CAPACITY' || job.state === 'ACQUIRING_CAPACITY' || job.reason?.code === 'LaunchRejected' || cause === 'NodeNotReplaced';

function evidenceOf({ attempts = [], lines = [], isLogUnread }: JobCase, facts: Facts, cause: CauseCode, events: readonly JobEvent[]): Evidence {
  const { job, failed, cloud } = facts;
  const { state, outcome, attempt, reason } = job;
  const scheduler = failed?.scheduler ?? (failed === undefined ? undefined : job.scheduler);
  return {
    state, attempt,
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason }),
    ...(failed === undefined ? {} : { step: stepOf(failed) }),
    ...(scheduler === undefined ? {} : { scheduler }),
    cloud: aboutLaunches(cause, facts) ? cloud : [],
    events: inOrder(events),
    lines: bounded(lines.length > 0 ? lines : (failed?.tail ?? '').split('\n').filter((message) => message !== '').map((message) => ({ message }))),
    ...(isLogUnread ? { linesNote: LOG_UNREAD } : {}),
    earlier: attempts.filter((each) => each.attempt < attempt).map((each) => ({
      attempt: each.attempt,
      ...(each.outcome === undefined ? {} : { outcome: each.outcome }),
      ...(each.reason === undefined ? {} : { message: each.reason.message }),
    })),
  };
}

function stepOf({ key, name, node, otherNodes, exitCode, signal }: NonNullable<Facts['failed']>): NonNullable<Evidence['step']> {
  return { key, name, otherNodes, ...(node === undefined ? {} : { node }), ...(exitCode === undefined ? {} : { exitCode }), ...(signal === undefined ? {} : { signal }) };
}

/** What a step ended with is told again by the change that it led to: once is enough. */
function inOrder(events: readonly JobEvent[]): Evidence['events'] {
  const ordered = events.toSorted((a, b) => a.number - b.number);
  const distinct = ordered.filter(({ message }, place) => ordered.findIndex((other) => other.message === message) === place);
  return distinct.slice(-MOST_EVENTS).map(({ number, atMs, type, message }) => ({ number, atMs, type, message }));
}

/** The last lines, as many as fit into so many characters; the very last one is cut rather than left out. */
function bounded(lines: Evidence['lines']): Evidence['lines'] {
  const kept: Evidence['lines'][number][] = [];
  let room = MOST_LINE_BYTES;
  for (const line of lines.slice(-MOST_LINES).toReversed()) {
    const size = utf8Bytes(line.message);
    if (size > room) {
      if (kept.length === 0) kept.unshift({ ...line, message: cut(line.message, room) });
      break;
    }
    kept.unshift(line);
    room -= size;
  }
  return kept;
}

/** The end of a text: what a program says last is behind. */
function cut(text: string, bytes: number): string {
  const end = text.slice(-bytes);
  return utf8Bytes(end) <= bytes ? end : end.slice(-Math.floor(bytes / 4));
}
