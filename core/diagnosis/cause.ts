/** Of causes whose step tells more in its own words. */
export const READ_LOG = 'Read what it wrote: orch logs {job} --step {step}';

/** How a job stands, in one word: nothing is amiss, it waits for something, it failed, or it was stopped as somebody wanted. */
export const bearings = ['well', 'waits', 'failed', 'stopped'] as const;

export type Bearing = (typeof bearings)[number];

/**
 * What is said of a cause, whatever the job. Texts may name `{job}`, `{step}` and `{node}`, which are filled in; one that
 * names what is not known of a job is left out.
 */
export interface CauseText {
  readonly bearing: Bearing;
  /** One sentence. */
  readonly means: string;
  /** Of causes that a step ended by: what its end is told with. */
  readonly lead?: string;
  /** What the user can do. */
  readonly youCanDo: readonly string[];
  /** What the operator of the deployment can do. */
  readonly operatorCanDo: readonly string[];
  /** Page and section of the runbook, from the root of the repository. */
  readonly runbook: `docs/runbook/${string}.md#${string}`;
}
