import { region, type Credentials } from '../../../local/environment-file.ts';
import { eventually } from '../../../local/eventually.ts';
import { hasEnded, itemsOf, type JobDetail, type JobEvent, type JobRef, type JobState, type LogLine, type OrchestratorClient, type Submission } from '../../../sdk/src/index.ts';
import { signedFetch } from '../../../sdk/src/signed-fetch.ts';
import type { Account } from './account.ts';

/** What is said beside a manifest. */
export type SubmitOptions = Pick<Submission, 'script' | 'priority'>;

/** Jobs of the deployed stack, through its API. */
export class Jobs {
  readonly #client: OrchestratorClient;
  readonly #account: Account;
  readonly #api: { readonly apiUrl: string; readonly credentials: Credentials };

  constructor(client: OrchestratorClient, account: Account, api: { readonly apiUrl: string; readonly credentials: Credentials }) {
    this.#client = client;
    this.#account = account;
    this.#api = api;
  }

  /** Submits a manifest, an object or YAML, into the namespace that it names. */
  async submit(manifest: ManifestDocument, options: SubmitOptions = {}): Promise<JobRef> {
    const { namespace, jobId } = await this.#client.submitJob(manifest.metadata.namespace, { manifest: { ...manifest }, ...options });
    return { namespace, jobId };
  }

  /** A signed request of any kind, with the body as it stands. */
  async request(method: string, path: string, body?: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const send = signedFetch((request) => fetch(request), region, () => Promise.resolve(this.#api.credentials));
    return send(new Request(`${this.#api.apiUrl}${path}`, { method, headers, ...(body === undefined ? {} : { body }) }));
  }

  async get(job: JobRef): Promise<JobDetail> {
    return this.#client.getJob(job);
  }

  async cancel(job: JobRef): Promise<void> {
    await this.#client.cancelJob(job);
  }

  /** Starts no job of a namespace until it is resumed. */
  async pauseNamespace(namespace: string): Promise<void> {
    await this.#client.pauseQueue({ scope: { kind: 'namespace', namespace }, reason: 'a test holds it back' });
  }

  async resumeNamespace(namespace: string): Promise<void> {
    await this.#client.resumeQueue({ scope: { kind: 'namespace', namespace }, reason: 'the test is over' });
  }

  async release(job: JobRef): Promise<void> {
    await this.#client.releaseJob(job);
  }

  /** The whole history. */
  async events(job: JobRef): Promise<readonly JobEvent[]> {
    return all(itemsOf((cursor) => this.#client.listEvents(job, cursor === undefined ? {} : { cursor })));
  }

  /** All that the job's steps wrote so far. */
  async logs(job: JobRef): Promise<readonly LogLine[]> {
    return all(itemsOf((cursor) => this.#client.readLogs(job, {}, { limit: 1000, ...(cursor === undefined ? {} : { cursor }) })));
  }

  /** Waits until the job is in one of the states; it fails at once when the job ends in another. */
  async reaches(job: JobRef, state: JobState | readonly JobState[], timeoutMs?: number): Promise<JobDetail> {
    const wanted = [state].flat();
    await eventually(`job ${job.jobId} is ${wanted.join(' or ')}`, async () => {
      const now = await this.#account.job(job.jobId);
      if (now === undefined || wanted.includes(now.state)) return now !== undefined;
      if (hasEnded(now)) throw new Error(`Job ${job.jobId} ended ${now.state} ${now.outcome ?? ''}: ${now.reason?.message ?? ''}`);
      return false;
    }, { timeoutMs });
    return this.get(job);
  }

  /** Waits for the job's end, whatever it is. */
  async ends(job: JobRef, timeoutMs?: number): Promise<JobDetail> {
    return this.reaches(job, ['DONE', 'PROVISIONING_FAILED', 'DESTRUCTION_FAILED'], timeoutMs);
  }

  /** Waits until the history has an event of this type. */
  async happens(job: JobRef, type: JobEvent['type'], timeoutMs?: number): Promise<void> {
    await eventually(`${type} happens to job ${job.jobId}`, async () =>
      (await this.#account.eventsOf(job.jobId)).some((event) => event.type === type), { timeoutMs });
  }

  /** Waits until the steps have written this text. */
  async writes(job: JobRef, text: string, timeoutMs?: number): Promise<void> {
    await eventually(`job ${job.jobId} writes ${JSON.stringify(text)}`, () => this.#account.wrote(job.jobId, text), { timeoutMs });
  }
}

/** The part of a manifest that a submission needs to know. */
export interface ManifestDocument {
  readonly metadata: { readonly namespace: string };
}

async function all<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}
