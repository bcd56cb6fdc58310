import { jobTrace } from '../../core/trace/job-trace.ts';
import { tracedEvent, tracedJob } from '../../core/trace/of-views.ts';
import type { Span } from '../../core/trace/span.ts';
import type { Diagnosis, JobDetail, JobEvent } from '../../sdk/src/index.ts';
import type { ReceivedSpan } from '../collector/received.ts';
import type { ExpectedEvidence, Failure } from './failure.ts';

/** One question of the drill: what was found, and whether it is what had to be. */
export interface Answer {
  readonly found: string;
  readonly isRight: boolean;
}

/** What was found of a failure. */
export interface Verdict {
  readonly name: string;
  readonly jobId: string;
  readonly cause: Answer;
  readonly evidence: Answer;
  readonly span: Answer;
  readonly alarm: Answer;
  readonly seconds: number;
}

/** Whether a failure was told as it has to be. */
export const isRight = ({ cause, evidence, span, alarm }: Verdict): boolean => [cause, evidence, span, alarm].every((answer) => answer.isRight);

const right = (found: string): Answer => ({ found, isRight: true });
const wrong = (found: string): Answer => ({ found, isRight: false });

export const causeVerdict = ({ cause }: Failure, told: Diagnosis): Answer => (told.cause === cause ? right(cause) : wrong(`${told.cause}, not ${cause}: ${told.sentence}`));

/** A piece of evidence in words, and whether an answer has it. */
interface Piece {
  readonly words: string;
  readonly isIn: (told: Diagnosis) => boolean;
}

function piecesOf({ state, awsCode, exitCode, signal, node, line, says, event }: ExpectedEvidence): readonly Piece[] {
  const piece = (wanted: unknown, words: string, isIn: Piece['isIn']): readonly Piece[] => (wanted === undefined ? [] : [{ words, isIn }]);
  return [
    { words: state, isIn: ({ evidence }) => evidence.state === state },
    ...piece(awsCode, `${awsCode} with the id of a request`, ({ evidence }) => evidence.cloud.some(({ code, requestId = '' }) => code === awsCode && requestId !== '')),
    ...piece(exitCode, `exit code ${exitCode}`, ({ evidence }) => evidence.step?.exitCode === exitCode),
    ...piece(signal, `${signal}`, ({ evidence }) => evidence.step?.signal === signal),
    ...piece(node, `${node}`, ({ evidence }) => evidence.step?.node === node),
    ...piece(line, `last lines with “${line}”`, ({ evidence }) => evidence.lines.some(({ message }) => message.includes(line ?? ''))),
    ...piece(says, `“${says}”`, ({ sentence }) => sentence.includes(says ?? '')),
    ...piece(event, `${event} of the history`, ({ evidence }) => evidence.events.some(({ type }) => type === event)),
  ];
}

/** The evidence that is asked for, in words. */
export const evidenceWords = (wanted: ExpectedEvidence): string => piecesOf(wanted).map(({ words }) => words).join(', ');

export function evidenceVerdict({ evidence: wanted }: Failure, told: Diagnosis): Answer {
  const missing = piecesOf(wanted).filter(({ isIn }) => !isIn(told));
  if (missing.length === 0) return right(evidenceWords(wanted));
  return wrong(`without ${missing.map(({ words }) => words).join(', ')}: ${JSON.stringify({ sentence: told.sentence, evidence: told.evidence })}`);
}

const isMarked = ({ error }: Span): boolean => error !== undefined;

/** Looks at the trace of the history: what failed is marked, with all above it; and nothing is where nothing failed. */
export function spanVerdict({ span: wanted }: Failure, detail: JobDetail, events: readonly JobEvent[]): Answer {
  const { spans } = jobTrace(tracedJob(detail), events.map(tracedEvent));
  const marked = spans.filter(isMarked);
  const list = marked.map(({ subject, name }) => `${subject} ${name}`).join(', ') || 'none';
  if (wanted === undefined) return marked.length === 0 ? right('none') : wrong(`marked though nothing failed: ${list}`);
  const span = marked.find(({ subject, name }) => subject === wanted.subject && name === wanted.name);
  if (span === undefined) return wrong(`not marked: ${wanted.subject} ${wanted.name}, but ${list}`);
  const above = ancestors(span, spans).filter((each) => !isMarked(each) && isDecided(detail));
  return above.length === 0 ? right(`${wanted.subject} ${wanted.name}`) : wrong(`above ${wanted.name} not marked: ${above.map(({ name }) => name).join(', ')}`);
}

/** Whether a collector was sent what is marked in the trace as such: `undefined` as long as the root, which leaves last, has not come. */
export function receivedVerdict(detail: JobDetail, events: readonly JobEvent[], received: readonly ReceivedSpan[]): Answer | undefined {
  const { traceId, spans } = jobTrace(tracedJob(detail), events.map(tracedEvent));
  const ofTrace = received.filter((span) => span.traceId === traceId);
  if (!ofTrace.some(({ parentId }) => parentId === '')) return undefined;
  const failed = new Set(ofTrace.filter(({ status }) => status === 'STATUS_CODE_ERROR').map(({ spanId }) => spanId));
  const missing = spans.filter((span) => isMarked(span) && !failed.has(span.spanId));
  return missing.length === 0 ? right('received') : wrong(`not received as failed: ${missing.map(({ name }) => name).join(', ')}`);
}

/** Where the job has succeeded all the same, what stands above a failure has not failed. */
const isDecided = ({ outcome }: JobDetail): boolean => outcome !== 'SUCCEEDED';

function ancestors({ parentId }: Span, spans: readonly Span[]): readonly Span[] {
  const parent = spans.find(({ spanId }) => spanId === parentId);
  return parent === undefined ? [] : [parent, ...ancestors(parent, spans)];
}

/** @param ringing names of alarms that ring after the failure: they are of the whole deployment, so that one may ring for another failure */
export function alarmVerdict({ alarm }: Failure, ringing: readonly string[]): Answer {
  if (alarm === undefined) return right('none');
  const name = ringing.find((each) => each.endsWith(`-${alarm.id}`));
  return name === undefined ? wrong(`${alarm.id} does not ring, but ${ringing.join(', ') || 'none'}`) : right(name);
}
