import createClient from 'openapi-fetch';
import type { Client } from 'openapi-fetch';
import { credentialsProvider, resolveEndpoint, resolveRegion } from './configuration.ts';
import type { ClientConfiguration } from './configuration.ts';
import { apiError } from './errors.ts';
import type { paths } from './openapi.ts';
import { retryingFetch } from './retrying-fetch.ts';
import { signedFetch } from './signed-fetch.ts';
import type {
  Abortable, AppliedShares, AuditEntry, Capacity, CapacityFilter, Diagnosis, DocumentText, DryRun, Explanation, Job, JobDetail, JobEvent, JobFilter, JobRef, LogFilter, LogLine,
  ManifestRef, ManifestVersion, ManifestVersionDetail, Page, PageRequest, PauseInForce, PauseRequest, Priority, PutSharesOptions, Queue, Recount,
  Recounted, Resumed, Shares, Submission, SubmitOptions, SubmittedJob, Validation,
} from './types.ts';
import { wait as waitFor } from './wait.ts';

const DEFAULT_ATTEMPTS = 4;
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * The API, an operation a method. Requests are signed with SigV4 and repeated when the service is busy or does not
 * answer. Every method throws `OrchestratorApiError` where the service refuses, `OrchestratorConnectionError` where it
 * does not answer, `OrchestratorCredentialsError` where a request cannot be signed, and the signal's reason when that
 * ends it. 400, 403 and 404 may come from every operation, 429 and 503 when the repeats are used up.
 */
export class OrchestratorClient {
  readonly #api: Client<paths>;

  /** @throws OrchestratorConfigurationError when address or region are not known. */
  constructor(configuration: ClientConfiguration = {}) {
    const environment = configuration.environment ?? process.env;
    const endpoint = resolveEndpoint(configuration, environment);
    const region = resolveRegion(configuration, endpoint, environment);
    const { maxAttempts = DEFAULT_ATTEMPTS, timeoutMs = DEFAULT_TIMEOUT_MS, wait = waitFor } = configuration;
    const send = signedFetch(configuration.fetch ?? ((request) => fetch(request)), region, credentialsProvider(configuration.credentials));
    this.#api = createClient<paths>({ baseUrl: endpoint, fetch: retryingFetch(send, { maxAttempts, timeoutMs, wait }) });
  }

  /**
   * Submits a job. When it answers, the job is stored and waits in the queue; when it is refused nothing is stored. Where it
   * throws otherwise nobody knows: submit again with the same idempotency key.
   *
   * Refusals: 422 for a manifest or script that is not right or that this deployment cannot run, for a job that its share
   * never lets start, and for a key that belongs to another submission; 413 for one that is too large; 429 while as many
   * jobs of the namespace wait as may, tried again as late as `Retry-After` says, which is a minute; 404 for a manifest that
   * is not stored.
   */
  async submitJob(namespace: string, submission: Submission, options: SubmitOptions = {}): Promise<SubmittedJob> {
    const { idempotencyKey = crypto.randomUUID(), ...rest } = options;
    const params = { path: { namespace }, header: { 'idempotency-key': idempotencyKey } };
    const answer = bodyOf(await this.#api.POST('/v1/namespaces/{namespace}/jobs', { params, body: submission, ...rest }));
    if ('dryRun' in answer) throw new TypeError('The service answered a submission with a plan.');
    return answer;
  }

  /** What a submission would do and cost; nothing is stored. */
  async planJob(namespace: string, submission: Submission, options: Abortable = {}): Promise<DryRun> {
    const params = { path: { namespace }, query: { dryRun: 'true' } } as const;
    const answer = bodyOf(await this.#api.POST('/v1/namespaces/{namespace}/jobs', { params, body: submission, ...options }));
    if (!('dryRun' in answer)) throw new TypeError('The service answered a dry run with a job.');
    return answer;
  }

  /** A page of a namespace's jobs, newest first. */
  async listJobs(namespace: string, filter: JobFilter = {}, { signal, ...page }: PageRequest & Abortable = {}): Promise<Page<Job>> {
    const params = { path: { namespace }, query: { ...filter, ...inQuery(page) } };
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/jobs', { params, ...abortable(signal) }));
  }

  /** One job with its attempts, nodes and cost so far. */
  async getJob(job: JobRef, options: Abortable = {}): Promise<JobDetail> {
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/jobs/{jobId}', { params: { path: job }, ...options }));
  }

  /**
   * Changes the priority of a waiting job, and with it its place in the queue. Asking for what it has changes nothing.
   *
   * Refusals: 409 for a job that has left the queue; 422 for a priority above what its share allows.
   */
  async setPriority(job: JobRef, priority: Priority, options: Abortable = {}): Promise<Job> {
    return bodyOf(await this.#api.PATCH('/v1/namespaces/{namespace}/jobs/{jobId}', { params: { path: job }, body: { priority }, ...options }));
  }

  /** A page of a job's history, oldest first. */
  async listEvents(job: JobRef, { signal, ...page }: PageRequest & Abortable = {}): Promise<Page<JobEvent>> {
    const params = { path: job, query: inQuery(page) };
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/jobs/{jobId}/events', { params, ...abortable(signal) }));
  }

  /** A page of what hooks and the job wrote, oldest first; a page may be short, even empty, while there is a cursor. */
  async readLogs(job: JobRef, filter: LogFilter = {}, { signal, ...page }: PageRequest & Abortable = {}): Promise<Page<LogLine>> {
    const params = { path: job, query: { ...filter, ...inQuery(page) } };
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/jobs/{jobId}/logs', { params, ...abortable(signal) }));
  }

  /** Where a job is, why, and what would change that. */
  async explainJob(job: JobRef, options: Abortable = {}): Promise<Explanation> {
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/jobs/{jobId}/explain', { params: { path: job }, ...options }));
  }

  /** What ended or holds a job, with its evidence and what can be done. */
  async diagnoseJob(job: JobRef, options: Abortable = {}): Promise<Diagnosis> {
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/jobs/{jobId}/diagnosis', { params: { path: job }, ...options }));
  }

  /** What waits and why, what is held, and how the shares stand; `limit` is how many waiting jobs to list. */
  async getQueue({ limit, signal }: { readonly limit?: number } & Abortable = {}): Promise<Queue> {
    const params = { query: limit === undefined ? {} : { limit: String(limit) } };
    return bodyOf(await this.#api.GET('/v1/queue', { params, ...abortable(signal) }));
  }

  /** What is known of capacity now; with instance types also where each could be had, and at what price. */
  async getCapacity({ instanceTypes = [], zones = [], signal }: CapacityFilter & Abortable = {}): Promise<Capacity> {
    const query = { ...(instanceTypes.length === 0 ? {} : { instanceType: instanceTypes.join(',') }), ...(zones.length === 0 ? {} : { zone: zones.join(',') }) };
    return bodyOf(await this.#api.GET('/v1/capacity', { params: { query }, ...abortable(signal) }));
  }

  /**
   * Stops a job and has its machines torn down. When it answers, the cancel is on record and cannot be lost; a waiting job
   * has ended, another is stopped as soon as what it does now allows, and post-run hooks of one that ran still run. Asked
   * for again, it changes nothing.
   *
   * Refusals: 409 for a job that has ended or whose machines are being torn down: there is nothing left to cancel.
   */
  async cancelJob(job: JobRef, options: Abortable = {}): Promise<Job> {
    return bodyOf(await this.#api.POST('/v1/namespaces/{namespace}/jobs/{jobId}/cancel', { params: { path: job }, ...options }));
  }

  /**
   * Ends an interactive cluster, one without a job of its own, as succeeded: post-run hooks run, then its machines are torn
   * down. Before it runs a release is remembered. When it answers, the release is on record; asked for again, it changes
   * nothing.
   *
   * Refusals: 409 for a job that is not interactive, and for one whose run is over.
   */
  async releaseJob(job: JobRef, options: Abortable = {}): Promise<Job> {
    return bodyOf(await this.#api.POST('/v1/namespaces/{namespace}/jobs/{jobId}/release', { params: { path: job }, ...options }));
  }

  /** The shares in force, or a version of them. */
  async getShares({ version, signal }: { readonly version?: number } & Abortable = {}): Promise<Shares> {
    const query = version === undefined ? {} : { version: String(version) };
    return bodyOf(await this.#api.GET('/v1/shares', { params: { query }, ...abortable(signal) }));
  }

  /**
   * Puts a share document in force as a whole, or with `dryRun` says what it would change. The scheduler's next cycle goes
   * by it; jobs that run go on. A document that changes nothing makes no version.
   *
   * Refusals: 422 for a document that is not right, or has a limit below what runs; 409 where `ifVersion` is not in force,
   * or somebody applied another at the same moment.
   */
  async putShares(document: DocumentText, { dryRun = false, comment, ifVersion, signal }: PutSharesOptions = {}): Promise<AppliedShares> {
    const { body, bodySerializer, headers } = textBody(document);
    const query = { ...(dryRun ? { dryRun: 'true' as const } : {}), ...(comment === undefined ? {} : { comment }) };
    const header = ifVersion === undefined ? {} : { 'if-match': `"${ifVersion}"` };
    return bodyOf(await this.#api.PUT('/v1/shares', { params: { query, header }, body, bodySerializer, headers, ...abortable(signal) }));
  }

  /** Holds back the queue, a namespace, a market or an offering, until it is resumed. */
  async pauseQueue(request: PauseRequest, options: Abortable = {}): Promise<PauseInForce> {
    return bodyOf(await this.#api.POST('/v1/queue/pause', { body: request, ...options }));
  }

  /** Lets what was held back go on. */
  async resumeQueue(request: PauseRequest, options: Abortable = {}): Promise<Resumed> {
    return bodyOf(await this.#api.POST('/v1/queue/resume', { body: request, ...options }));
  }

  /** Compares the scheduler's counters with the jobs, and repairs them if asked to. */
  async recountQueue(request: Recount, options: Abortable = {}): Promise<Recounted> {
    return bodyOf(await this.#api.POST('/v1/queue/recount', { body: request, ...options }));
  }

  /** A page of what operators did, newest first. */
  async listAudit({ signal, ...page }: PageRequest & Abortable = {}): Promise<Page<AuditEntry>> {
    return bodyOf(await this.#api.GET('/v1/audit', { params: { query: inQuery(page) }, ...abortable(signal) }));
  }

  /** A page of a namespace's manifests with their latest version, by name. */
  async listManifests(namespace: string, { signal, ...page }: PageRequest & Abortable = {}): Promise<Page<ManifestVersion>> {
    const params = { path: { namespace }, query: inQuery(page) };
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/manifests', { params, ...abortable(signal) }));
  }

  /** Stores a manifest as a new version, or finds the version that it is already. */
  async putManifest(manifest: ManifestRef, document: DocumentText, options: Abortable = {}): Promise<ManifestVersionDetail> {
    const request = { params: { path: manifest }, ...textBody(document), ...options };
    return bodyOf(await this.#api.PUT('/v1/namespaces/{namespace}/manifests/{name}', request));
  }

  /** The latest version of a manifest with its content. */
  async getManifest(manifest: ManifestRef, options: Abortable = {}): Promise<ManifestVersionDetail> {
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/manifests/{name}', { params: { path: manifest }, ...options }));
  }

  /** A page of a manifest's versions, newest first. */
  async listManifestVersions(manifest: ManifestRef, { signal, ...page }: PageRequest & Abortable = {}): Promise<Page<ManifestVersion>> {
    const params = { path: manifest, query: inQuery(page) };
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/manifests/{name}/versions', { params, ...abortable(signal) }));
  }

  /** One version of a manifest with its content. */
  async getManifestVersion({ version, ...manifest }: ManifestRef & { readonly version: number }, options: Abortable = {}): Promise<ManifestVersionDetail> {
    const params = { path: { ...manifest, version: String(version) } };
    return bodyOf(await this.#api.GET('/v1/namespaces/{namespace}/manifests/{name}/versions/{version}', { params, ...options }));
  }

  /** Checks a manifest without storing it. */
  async validateManifest(document: DocumentText, options: Abortable = {}): Promise<Validation> {
    return bodyOf(await this.#api.POST('/v1/validate', { ...textBody(document), ...options }));
  }

  /** The JSON Schema of the manifest, for editors. */
  async getManifestSchema(options: Abortable = {}): Promise<Readonly<Record<string, unknown>>> {
    return bodyOf(await this.#api.GET('/v1/schemas/cluster-definition.json', { ...options }));
  }

  /** The OpenAPI document of the service. */
  async getOpenApi(options: Abortable = {}): Promise<Readonly<Record<string, unknown>>> {
    return bodyOf(await this.#api.GET('/v1/openapi.json', { ...options }));
  }
}

interface Answer<Body> {
  readonly data?: Body;
  readonly error?: unknown;
  readonly response: Response;
}

function bodyOf<Body>({ data, error, response }: Answer<Body>): Body {
  if (!response.ok || data === undefined) throw apiError(response, error);
  return data;
}

const abortable = (signal: AbortSignal | undefined): Abortable => (signal === undefined ? {} : { signal });

/** Query parameters are text. */
function inQuery({ cursor, limit }: PageRequest): { cursor?: string; limit?: string } {
  return { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit: String(limit) }) };
}

/** Sends a document as it stands: the type of the body describes what it says, not its text. */
function textBody({ text, mediaType = 'text/plain' }: DocumentText) {
  return { body: text as never, bodySerializer: () => text, headers: { 'content-type': mediaType } };
}
