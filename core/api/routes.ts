/** Methods that the API uses. */
type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH';

/** One operation of the API. */
export interface Route {
  readonly method: HttpMethod;
  /** Path under the API's root, parameters in braces. Parameters at the same place have the same name everywhere. */
  readonly path: string;
  /** Name of the operation in the OpenAPI document and of the SDK's method. */
  readonly operationId: string;
  /** Folder of the function that answers: `lambdas/api/<handler>/handler.ts`, exported as `handler`. */
  readonly handler: string;
  /** What it does, for people. */
  readonly summary: string;
}

/**
 * The API, once: constructs, OpenAPI document, SDK and tests are all made from or checked against this table. Every
 * route asks for a SigV4 signature. Namespaces stand in the path so that plain IAM policies separate teams.
 */
export const routes = [
  { method: 'POST', path: '/v1/namespaces/{namespace}/jobs', operationId: 'submitJob', handler: 'submit-job', summary: 'Submit a job, or with dryRun=true show its plan and cost.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/jobs', operationId: 'listJobs', handler: 'list-jobs', summary: 'List jobs, newest first.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/jobs/{jobId}', operationId: 'getJob', handler: 'get-job', summary: 'One job with its attempts, nodes and cost so far.' },
  { method: 'PATCH', path: '/v1/namespaces/{namespace}/jobs/{jobId}', operationId: 'setPriority', handler: 'set-priority', summary: 'Change the priority of a job.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/jobs/{jobId}/events', operationId: 'listEvents', handler: 'list-events', summary: 'The history of a job, oldest first.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/jobs/{jobId}/logs', operationId: 'readLogs', handler: 'read-logs', summary: 'Output of hooks and of the job.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/jobs/{jobId}/explain', operationId: 'explainJob', handler: 'explain-job', summary: 'Where a job is, why, and what would change that.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/jobs/{jobId}/diagnosis', operationId: 'diagnoseJob', handler: 'diagnose-job', summary: 'What ended or holds a job, with its evidence and what can be done.' },
  { method: 'POST', path: '/v1/namespaces/{namespace}/jobs/{jobId}/cancel', operationId: 'cancelJob', handler: 'cancel-job', summary: 'Stop a job and tear its machines down.' },
  { method: 'POST', path: '/v1/namespaces/{namespace}/jobs/{jobId}/release', operationId: 'releaseJob', handler: 'release-job', summary: 'End an interactive cluster as succeeded.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/manifests', operationId: 'listManifests', handler: 'list-manifests', summary: 'List manifests with their latest version, by name.' },
  { method: 'PUT', path: '/v1/namespaces/{namespace}/manifests/{name}', operationId: 'putManifest', handler: 'put-manifest', summary: 'Store a manifest as a new version, or find the version that it is already.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/manifests/{name}', operationId: 'getManifest', handler: 'get-manifest', summary: 'The latest version of a manifest.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/manifests/{name}/versions', operationId: 'listManifestVersions', handler: 'list-manifest-versions', summary: 'Versions of a manifest, newest first.' },
  { method: 'GET', path: '/v1/namespaces/{namespace}/manifests/{name}/versions/{version}', operationId: 'getManifestVersion', handler: 'get-manifest', summary: 'One version of a manifest.' },
  { method: 'GET', path: '/v1/queue', operationId: 'getQueue', handler: 'get-queue', summary: 'What waits and why, what is held, and how the shares stand.' },
  { method: 'POST', path: '/v1/queue/recount', operationId: 'recountQueue', handler: 'recount-queue', summary: 'Compare the scheduler’s counters with the jobs, and repair them.' },
  { method: 'POST', path: '/v1/queue/pause', operationId: 'pauseQueue', handler: 'pause-queue', summary: 'Hold back the queue, a namespace, a market or an offering.' },
  { method: 'POST', path: '/v1/queue/resume', operationId: 'resumeQueue', handler: 'resume-queue', summary: 'Let what was held back go on.' },
  { method: 'GET', path: '/v1/shares', operationId: 'getShares', handler: 'get-shares', summary: 'Who shares what: weights, limits, guarantees.' },
  { method: 'PUT', path: '/v1/shares', operationId: 'putShares', handler: 'put-shares', summary: 'Apply a share document, or with dryRun=true show what it would change.' },
  { method: 'GET', path: '/v1/capacity', operationId: 'getCapacity', handler: 'get-capacity', summary: 'What is known of capacity now: what cools, addresses, quotas, prices.' },
  { method: 'GET', path: '/v1/audit', operationId: 'listAudit', handler: 'list-audit', summary: 'What operators did, newest first.' },
  { method: 'POST', path: '/v1/validate', operationId: 'validateManifest', handler: 'validate-manifest', summary: 'Check a manifest without storing it.' },
  { method: 'GET', path: '/v1/schemas/cluster-definition.json', operationId: 'getManifestSchema', handler: 'get-schema', summary: 'JSON Schema of the manifest, for editors.' },
  { method: 'GET', path: '/v1/openapi.json', operationId: 'getOpenApi', handler: 'get-openapi', summary: 'The OpenAPI document of this API.' },
] as const satisfies readonly Route[];

/** Names of the operations. */
export type OperationId = (typeof routes)[number]['operationId'];
