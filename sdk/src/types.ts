import type { components, operations } from './openapi.ts';

type Schemas = components['schemas'];
type QueryOf<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>;

/** A job as listings show it: where it is, whose it is, what it asked for, and how it ended. */
export type Job = Schemas['Job'];
/** A job with its attempts, its nodes, its cost so far and what it waits for. */
export type JobDetail = Schemas['JobDetail'];
/** What machines cost, of a job in all and by pool and market. */
export type JobCost = Schemas['JobCost'];
/** What the scheduler of the cluster, Slurm, said of the job. */
export type SchedulerReport = Schemas['SchedulerReport'];
/** Where a job is. It may be in one again, with its next attempt; `hasEnded` knows from which none leads on. */
export type JobState = Job['state'];
/** How a job ended. It is decided by the first failure, and so before the machines are gone: an ended job is one of which `hasEnded` says so. */
export type Outcome = NonNullable<Job['outcome']>;
/** A job as it was taken in, with what is allowed in its manifest and probably not meant. */
export type SubmittedJob = Schemas['SubmittedJob'];
/** Where the nodes of a submission would be sought, and what they cost at most. */
export type DryRun = Schemas['DryRun'];
/** A manifest, as text or by name of a stored one, with a script and a priority beside it. */
export type Submission = Schemas['Submission'];
/** Why a job waits, where it stands in the queue, how its shares stand, and what would change that. */
export type Explanation = Schemas['Explanation'];
/** What ended or holds a job. */
export type Diagnosis = Schemas['Diagnosis'];
/** A cause that fits a job, and how certain that is. */
export type Finding = Schemas['Finding'];
/** What a diagnosis rests on: history, errors of the cloud, the last lines of the step that failed. */
export type Evidence = Schemas['Evidence'];
/** The step that ended badly. */
export type StepEnd = Schemas['StepEnd'];
/** What the cloud answered to launches, and to how many of them. */
export type CloudError = Schemas['CloudError'];
/** The whole deployment at one moment: totals, pauses, shares, and the next waiting jobs in their order. */
export type Queue = Schemas['Queue'];
/** What is known of capacity now. */
export type Capacity = Schemas['Capacity'];
/** A node of the share tree, and how it stands among its siblings; they come in the tree’s order, children after their parent. */
export type ShareStanding = Schemas['ShareStanding'];
/** A job that waits, and what holds it. */
export type WaitingJob = Schemas['WaitingJob'];
/** An entry of a job’s history; numbers begin at 1 and have no gaps. */
export type JobEvent = Schemas['JobEvent'];
/** A line that a step wrote on a node; its `id` is the same whenever it is read. */
export type LogLine = Schemas['LogLine'];
/** A machine of a job, also one that is gone. */
export type Node = Schemas['Node'];
/** One run of a job from the search for machines to their end. */
export type Attempt = Schemas['Attempt'];
/** A version of a stored manifest, without its content. A version never changes. */
export type ManifestVersion = Schemas['ManifestVersion'];
/** The same with its content, all defaults written out. */
export type ManifestVersionDetail = Schemas['ManifestVersionDetail'];
/** A manifest. */
export type ClusterDefinition = Schemas['ClusterDefinition'];
/** A manifest that would be taken, with what is probably not meant. */
export type Validation = Schemas['Validation'];
/** A version of the share document, with who applied it. */
export type Shares = Schemas['Shares'];
/** What a share document changed, or would change. */
export type AppliedShares = Schemas['AppliedShares'];
/** One difference between two share documents. */
export type ShareChange = Schemas['ShareChange'];
/** What to hold back or let go on, and why: whoever waits is told. */
export type PauseRequest = Schemas['PauseRequest'];
/** What is held back: the whole queue, a namespace, a market, or an offering. */
export type PauseScope = PauseRequest['scope'];
/** A pause that holds, with who asked for it. */
export type PauseInForce = Schemas['PauseInForce'];
/** Whether there was a pause to end. */
export type Resumed = Schemas['Resumed'];
/** Whether to repair what is wrong, and why; a repair needs a reason. */
export type Recount = Schemas['Recount'];
/** Counters that were not what the jobs say. */
export type Recounted = Schemas['Recounted'];
/** What an operator did: when, why, and from where. */
export type AuditEntry = Schemas['AuditEntry'];
/** Why the service refused, as RFC 9457 has it; `type` is one of a fixed list, `errors` have places in the document. */
export type Problem = Schemas['Problem'];
/** One mistake in a document, or a warning about it, with its path and, of text, its line and column. */
export type ProblemEntry = Schemas['ProblemEntry'];
/** 0 to 1000, higher first, or the name of a class. */
export type Priority = Schemas['PriorityChange']['priority'];

/** Names a job. */
export interface JobRef {
  readonly namespace: string;
  readonly jobId: string;
}

/** Names a manifest. */
export interface ManifestRef {
  readonly namespace: string;
  readonly name: string;
}

/** Which jobs to list. */
export type JobFilter = Omit<QueryOf<'listJobs'>, 'cursor' | 'limit'>;

/** What of capacity to show. */
export interface CapacityFilter {
  /** At most 20. */
  readonly instanceTypes?: readonly string[];
  /** All where none is named. */
  readonly zones?: readonly string[];
}

/** Which lines of a log to read. */
export type LogFilter = Omit<QueryOf<'readLogs'>, 'cursor' | 'limit'>;

/** One page of a listing; `cursor` leads to the next and is absent on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** Which page of a listing. */
export interface PageRequest {
  readonly cursor?: string;
  /** How many entries, at most; a page may have fewer. */
  readonly limit?: number;
}

/** Ends a call early. */
export interface Abortable {
  readonly signal?: AbortSignal;
}

/** A document as text, in the format that its media type names. */
export interface DocumentText {
  readonly text: string;
  /** `application/yaml`, `application/json`; where absent the service looks at the text. */
  readonly mediaType?: string;
}

export interface SubmitOptions extends Abortable {
  /**
   * The same key with the same submission makes one job, for 24 hours, and for one user: a second call answers the job of
   * the first. With another submission it is refused with 422. By default each call has a new one, so that the repeats of
   * that call make one job; give one that is kept somewhere where a program that died may submit again.
   */
  readonly idempotencyKey?: string;
}

export interface PutSharesOptions extends Abortable {
  /** Only says what would change; refused like the real thing where the document is not right. */
  readonly dryRun?: boolean;
  /** Why, for the audit. */
  readonly comment?: string;
  /**
   * The version that the caller has seen: where another is in force the service refuses with 409, unless the document
   * changes nothing. Without it the document replaces whatever is in force.
   */
  readonly ifVersion?: number;
}
