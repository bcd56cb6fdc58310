import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { jobStates, outcomes } from '../../core/lifecycle/states.ts';
import type { ClusterDefinition } from '../../core/manifest/schema.ts';
import { hasEnded, itemsOf, OrchestratorClient, type JobDetail, type JobEvent, type JobRef, type JobState } from '../../sdk/src/index.ts';
import type { TakeBack } from '../account.ts';
import { createApiUser } from '../api-user.ts';
import type { ReceivedSpan } from '../collector/received.ts';
import { region, type Credentials } from '../environment-file.ts';
import { eventually } from '../eventually.ts';
import { fleetControl, type FleetControl } from '../fleet-control.ts';
import type { FaultChoice } from '../fleet/faults.ts';
import type { MarketChange } from '../fleet/market/scenario.ts';
import { DrillAccount } from './account.ts';

/** A deployed local cloud that is drilled. */
export interface DrillSite {
  readonly endpoint: string;
  readonly fleetUrl: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Of a user who may call the API. */
  readonly credentials: Credentials;
  /** What its collector has received; undefined where it has none. */
  received(): readonly ReceivedSpan[] | undefined;
}

const storedJob = z.object({ state: z.enum(jobStates), outcome: z.exactOptional(z.enum(outcomes)) });
const addedFaults = z.array(z.object({ id: z.string() }));
const evaluation = z.object({ states: z.record(z.string(), z.string()) });

/** All failures are brought about at once, and each takes what the others need. */
const patienceMs = 400_000;
const endStates: readonly JobState[] = ['DONE', 'PROVISIONING_FAILED', 'DESTRUCTION_FAILED'];

/** What failures do to a cloud, and what is looked at afterwards. */
export class DrillCloud {
  readonly site: DrillSite;
  readonly client: OrchestratorClient;
  readonly #account: DrillAccount;
  readonly #fleet: FleetControl;
  readonly #mends = new Map<string, readonly TakeBack[]>();

  constructor(site: DrillSite) {
    this.site = site;
    this.client = this.#clientOf(site.credentials);
    this.#account = new DrillAccount(site);
    this.#fleet = fleetControl(site.fleetUrl);
  }

  async submit(manifest: ClusterDefinition): Promise<JobRef> {
    const { namespace, jobId } = await this.client.submitJob(manifest.metadata.namespace, { manifest: { ...manifest } });
    return { namespace, jobId };
  }

  /** Waits until the job is in one of the states; it fails at once when the job ends in another. */
  async reaches({ jobId }: JobRef, wanted: readonly JobState[]): Promise<void> {
    await eventually(`job ${jobId} is ${wanted.join(' or ')}`, async () => {
      const [job] = await this.#account.itemsOf(jobId, 'JOB');
      if (job === undefined) return false;
      const now = storedJob.parse(job);
      if (wanted.includes(now.state)) return true;
      if (hasEnded(now)) throw new Error(`Job ${jobId} ended ${now.state} ${now.outcome ?? ''}.`);
      return false;
    }, { timeoutMs: patienceMs });
  }

  /** Waits for the job’s end, whatever it is. */
  ends(job: JobRef): Promise<void> {
    return this.reaches(job, endStates);
  }

  async writes(job: JobRef, text: string): Promise<void> {
    await eventually(`job ${job.jobId} writes ${text}`, () => this.#account.wrote(job.jobId, text), { timeoutMs: patienceMs });
  }

  /** The job and its whole history. */
  async historyOf(job: JobRef): Promise<{ readonly detail: JobDetail; readonly events: readonly JobEvent[] }> {
    const events: JobEvent[] = [];
    for await (const event of itemsOf<JobEvent>((cursor) => this.client.listEvents(job, { limit: 100, ...(cursor === undefined ? {} : { cursor }) }))) events.push(event);
    return { detail: await this.client.getJob(job), events };
  }

  /** @param scope a tag’s value: a job’s id or its namespace. */
  async breaks(scope: string, fault: FaultChoice): Promise<TakeBack> {
    const [added] = addedFaults.parse(await this.#fleet.addFault({ ...fault, jobId: scope }));
    const mend = async (): Promise<void> => {
      await fetch(`${this.site.fleetUrl}/_fleet/faults/${added?.id ?? ''}`, { method: 'DELETE' });
    };
    this.#mends.set(scope, [...(this.#mends.get(scope) ?? []), mend]);
    return mend;
  }

  /** Takes back what was broken for this scope. */
  async mends(scope: string): Promise<void> {
    for (const mend of this.#mends.get(scope) ?? []) await mend();
  }

  async changeMarket(change: Partial<MarketChange>): Promise<void> {
    await this.#fleet.changeMarket(change);
  }

  /** Gives one Spot instance of the job the two-minute notice. */
  async interruptOne({ jobId }: JobRef): Promise<void> {
    await this.#fleet.interrupt({ jobId, count: 1 });
  }

  /** Waits until the job’s time to live is over, and has the reconciler look. */
  async outlives(job: JobRef): Promise<void> {
    await this.reaches(job, ['CONFIGURING', 'RUNNING']);
    const { configuringAt = '', ttlSeconds } = await this.client.getJob(job);
    await delay(Math.max(0, Date.parse(configuringAt) + ttlSeconds * 1000 - Date.now()) + 100);
    await this.reconcile();
  }

  /** Has the reconciler make its pass now instead of within the minute. That it fails may be for another failure’s job. */
  async reconcile(): Promise<void> {
    await this.#account.run('EventsReconcile');
  }

  stopExecution({ jobId }: JobRef): Promise<void> {
    return this.#account.stopExecution(jobId);
  }

  deny(part: string, denied: object): Promise<TakeBack> {
    return this.#account.deny(part, denied);
  }

  poison(part: string, event: object): Promise<TakeBack> {
    return this.#account.poison(part, event);
  }

  stopFunction(part: string): Promise<TakeBack> {
    return this.#account.stopFunction(part);
  }

  changeEnvironment(part: string, changed: Readonly<Record<string, string>>): Promise<TakeBack> {
    return this.#account.changeEnvironment(part, changed);
  }

  /** A client of another user of the account. */
  async userNamed(name: string): Promise<OrchestratorClient> {
    return this.#clientOf(await createApiUser(this.site.endpoint, name));
  }

  /** Puts one more share into force: the scheduler holds jobs by the shares that are in force when it looks. */
  async limits(share: object): Promise<TakeBack> {
    const { document } = await this.client.getShares();
    const { shares = [] } = document as { readonly shares?: readonly object[] };
    await this.client.putShares({ text: JSON.stringify({ ...document, shares: [...shares, share] }) });
    return async () => { await this.client.putShares({ text: JSON.stringify(document) }); };
  }

  /** Evaluates all alarms as of a moment, or as of now, and lets time go on then; answers the names of those that ring. */
  async ringing(at?: Date): Promise<readonly string[]> {
    const response = await fetch(`${this.site.endpoint}/_local/alarms/evaluate`, { method: 'POST', body: JSON.stringify(at === undefined ? {} : { at }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`Alarms were not evaluated: ${text}`);
    const { states } = evaluation.parse(JSON.parse(text));
    return Object.entries(states).flatMap(([name, state]) => (state === 'ALARM' ? [name] : []));
  }

  #clientOf(credentials: Credentials): OrchestratorClient {
    return new OrchestratorClient({ endpoint: this.site.outputs['ApiUrl'] ?? '', region, credentials });
  }
}
