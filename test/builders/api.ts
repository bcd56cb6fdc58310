import type { APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod';
import { operations } from '../../core/api/operations.ts';
import type { Contract } from '../../core/api/operations.ts';
import { problemSchema } from '../../core/api/problem-view.ts';
import type { Problem } from '../../core/api/problem-view.ts';
import { routes } from '../../core/api/routes.ts';
import type { OperationId } from '../../core/api/routes.ts';
import { jobId } from '../../core/job/ids.ts';
import type { TaskAnswer } from '../../core/lifecycle/task.ts';
import type { TaskTokens } from '../../core/ports/executions.ts';
import type { JobLogs } from '../../core/ports/job-logs.ts';
import { defaultShareTree } from '../../core/shares/share-tree.ts';
import { cancelJob } from '../../lambdas/api/cancel-job/cancel-job.ts';
import { diagnoseJob } from '../../lambdas/api/diagnose-job/diagnose-job.ts';
import { explainJob } from '../../lambdas/api/explain-job/explain-job.ts';
import { getCapacity } from '../../lambdas/api/get-capacity/get-capacity.ts';
import { getJob } from '../../lambdas/api/get-job/get-job.ts';
import { getManifest } from '../../lambdas/api/get-manifest/get-manifest.ts';
import { getQueue } from '../../lambdas/api/get-queue/get-queue.ts';
import { handler as getOpenApi } from '../../lambdas/api/get-openapi/handler.ts';
import { handler as getManifestSchema } from '../../lambdas/api/get-schema/handler.ts';
import { getShares } from '../../lambdas/api/get-shares/get-shares.ts';
import { listAudit } from '../../lambdas/api/list-audit/list-audit.ts';
import { listEvents } from '../../lambdas/api/list-events/list-events.ts';
import { listJobs } from '../../lambdas/api/list-jobs/list-jobs.ts';
import { listManifestVersions } from '../../lambdas/api/list-manifest-versions/list-manifest-versions.ts';
import { listManifests } from '../../lambdas/api/list-manifests/list-manifests.ts';
import { pauseQueue } from '../../lambdas/api/pause-queue/pause-queue.ts';
import { putManifest } from '../../lambdas/api/put-manifest/put-manifest.ts';
import { putShares } from '../../lambdas/api/put-shares/put-shares.ts';
import { readLogs } from '../../lambdas/api/read-logs/read-logs.ts';
import { recountQueue } from '../../lambdas/api/recount-queue/recount-queue.ts';
import { releaseJob } from '../../lambdas/api/release-job/release-job.ts';
import { resumeQueue } from '../../lambdas/api/resume-queue/resume-queue.ts';
import { changePriority } from '../../lambdas/api/set-priority/set-priority.ts';
import { submitJob } from '../../lambdas/api/submit-job/submit-job.ts';
import { validateManifest } from '../../lambdas/api/validate-manifest/validate-manifest.ts';
import { recentQueue } from '../../lambdas/queue/recent-queue.ts';
import { apiHandler } from '../../lambdas/runtime/api-handler.ts';
import type { ApiHandler } from '../../lambdas/runtime/api-handler.ts';
import { newAuditId, newJobId } from '../../lambdas/runtime/ids.ts';
import { InMemoryAttemptStore } from '../fakes/in-memory-attempt-store.ts';
import { InMemoryAuditLog } from '../fakes/in-memory-audit-log.ts';
import { InMemoryCapacityProvider } from '../fakes/in-memory-capacity-provider.ts';
import { InMemoryCooldownStore } from '../fakes/in-memory-cooldown-store.ts';
import { InMemoryInstanceCatalogue } from '../fakes/in-memory-instance-catalogue.ts';
import { InMemoryJobStore } from '../fakes/in-memory-job-store.ts';
import { InMemoryManifestStore } from '../fakes/in-memory-manifest-store.ts';
import { InMemoryPauseStore } from '../fakes/in-memory-pause-store.ts';
import { InMemoryPendingCounts } from '../fakes/in-memory-pending-counts.ts';
import { InMemoryRuntimeCatalogue } from '../fakes/in-memory-runtime-catalogue.ts';
import { InMemorySchedulerStore } from '../fakes/in-memory-scheduler-store.ts';
import { InMemoryShareStore } from '../fakes/in-memory-share-store.ts';
import { InMemoryTable } from '../fakes/in-memory-table.ts';
import { aDeployment, ManualClock, silentLog, someFacts } from './capacity.ts';
import { apiEvent, lambdaContext } from './lambda-events.ts';
import type { ApiEventParts } from './lambda-events.ts';
import { InMemoryMarketKnowledge } from '../fakes/in-memory-market-knowledge.ts';

/** Tokens as Step Functions has them: the first answer wins. */
class RecordedTokens implements TaskTokens {
  readonly answers = new Map<string, TaskAnswer>();

  async answer(token: string, answer: TaskAnswer): Promise<'answered' | 'gone'> {
    if (this.answers.has(token)) return 'gone';
    this.answers.set(token, answer);
    return 'answered';
  }
}

const noLogs: JobLogs = { read: async () => ({ items: [] }) };

type BodyOf<Answers> = Answers[keyof Answers] extends { readonly body: infer Schema extends z.ZodType } ? z.output<Schema> : never;
type All<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer Intersection) => void ? Intersection : never;

/** What an operation answered. Its body is seen as everything that it may be, as a test knows which it is. */
export interface Answered<Id extends OperationId> {
  readonly status: number;
  readonly headers: NonNullable<APIGatewayProxyResult['headers']>;
  readonly body: All<BodyOf<(typeof operations)[Id]['answers']> | Problem>;
}

/** A request's parts; `params` are the path's parameters. */
type CallParts = ApiEventParts & { readonly params?: Record<string, string> };

/** The whole API over one table in memory. Every answer is checked against its contract. */
export function anApi(logs: JobLogs = noLogs, more: { readonly mostLogMs?: number } = {}) {
  const table = new InMemoryTable();
  const clock = new ManualClock();
  const deployment = aDeployment({ telemetry: { ...aDeployment().telemetry, jobDashboard: 'cloudwatch' }, slurmSubstitutes: { '23.02': ['22.05'] }, namespaces: { research: { launchTemplates: { x86_64: 'lt-1' } }, vision: { launchTemplates: { x86_64: 'lt-2' }, efaLaunchTemplates: { x86_64: { 1: 'lt-3' } } } } });
  const catalogue = new InMemoryInstanceCatalogue([
    someFacts('m6i.large', { vcpus: 2, microUsdPerHour: 96_000 }),
    someFacts('c6i.large', { vcpus: 2, microUsdPerHour: 85_000 }),
    someFacts('g5.xlarge', { vcpus: 4, gpus: 1, microUsdPerHour: 1_006_000 }),
    someFacts('m7g.large', { architecture: 'arm64' }),
    someFacts('p4d.24xlarge', { vcpus: 96, gpus: 8, efa: true }),
  ]);
  const jobs = new InMemoryJobStore(table);
  const attempts = new InMemoryAttemptStore(table);
  const manifests = new InMemoryManifestStore(table);
  const scheduler = new InMemorySchedulerStore(table);
  const cooldowns = new InMemoryCooldownStore(table);
  const knowledge = new InMemoryMarketKnowledge();
  const runtimes = new InMemoryRuntimeCatalogue([{ version: '22.05.8', architectures: ['x86_64'] }, { version: '24.11.5', architectures: ['x86_64', 'arm64'] }]);
  const capacity = new InMemoryCapacityProvider({ attempts, cooldowns, knowledge, catalogue, clock, deployment, log: silentLog });
  const tokens = new RecordedTokens();
  const queue = { scheduler, jobs, cooldowns, deployment, clock };
  const stopping = { jobs, attempts, tokens, clock };
  const shareTree = async () => table.shareVersions.at(-1)?.tree ?? defaultShareTree;
  const shares = new InMemoryShareStore(table);
  const pauses = new InMemoryPauseStore(table);
  const audit = new InMemoryAuditLog(table);
  const pause = async (ms: number) => clock.advance(ms);
  const handlers: Record<OperationId, ApiHandler> = {
    submitJob: apiHandler(submitJob({ jobs, manifests, catalogue, knowledge, runtimes, capacity, deployment, clock, newJobId, pending: new InMemoryPendingCounts(table), shareTree })),
    listJobs: apiHandler(listJobs({ jobs })),
    getJob: apiHandler(getJob({ jobs, attempts, queue: recentQueue(queue, 5000), clock, deployment })),
    explainJob: apiHandler(explainJob({ ...queue, attempts })),
    diagnoseJob: apiHandler(diagnoseJob({ ...queue, attempts, logs, log: silentLog, ...more })),
    getQueue: apiHandler(getQueue(queue)),
    setPriority: apiHandler(changePriority({ jobs, clock, shareTree })),
    listEvents: apiHandler(listEvents({ jobs })),
    readLogs: apiHandler(readLogs({ jobs, logs })),
    cancelJob: apiHandler(cancelJob(stopping)),
    releaseJob: apiHandler(releaseJob(stopping)),
    listManifests: apiHandler(listManifests({ manifests })),
    putManifest: apiHandler(putManifest({ manifests, catalogue, knowledge, runtimes, deployment, clock, newAuditId })),
    getManifest: apiHandler(getManifest({ manifests })),
    listManifestVersions: apiHandler(listManifestVersions({ manifests })),
    getManifestVersion: apiHandler(getManifest({ manifests })),
    recountQueue: apiHandler(recountQueue({ store: scheduler, jobs, audit, clock, deployment, leaseMs: 30_000, pause, newAuditId, log: silentLog })),
    pauseQueue: apiHandler(pauseQueue({ pauses, deployment, catalogue, clock, newAuditId })),
    resumeQueue: apiHandler(resumeQueue({ pauses, clock, newAuditId })),
    getShares: apiHandler(getShares({ shares })),
    putShares: apiHandler(putShares({ shares, scheduler, deployment, clock, newAuditId })),
    getCapacity: apiHandler(getCapacity({ catalogue, cooldowns, knowledge, deployment, clock })),
    listAudit: apiHandler(listAudit({ audit })),
    validateManifest: apiHandler(validateManifest({ catalogue, knowledge, runtimes, deployment })),
    getManifestSchema,
    getOpenApi,
  };

  /** Calls an operation; `path` is the path's parameters, in namespace `research` where nothing else is said. */
  const call = async <Id extends OperationId>(operationId: Id, parts: CallParts = {}): Promise<Answered<Id>> => {
    const { params, ...event } = parts;
    const route = routes.find((each) => each.operationId === operationId);
    const pathParameters = route?.path.includes('{namespace}') ? { namespace: 'research', ...params } : (params ?? null);
    const answer = await handlers[operationId](apiEvent({ httpMethod: route?.method ?? 'GET', pathParameters, ...event }), lambdaContext());
    return { ...checked(operations[operationId], answer), headers: answer.headers ?? {} } as Answered<Id>;
  };
  const get = async (id: string) => {
    const job = await jobs.get(jobId(id));
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  };
  return { table, clock, deployment, knowledge, runtimes, jobs, attempts, manifests, scheduler, tokens, handlers, call, get };
}

/** Fails where the answer is not one that the contract promises. */
function checked(contract: Contract, { statusCode, body }: APIGatewayProxyResult): { readonly status: number; readonly body: unknown } {
  const parsed: unknown = JSON.parse(body);
  const schema = statusCode >= 400 ? problemSchema : contract.answers[statusCode]?.body;
  if (schema === undefined) throw new Error(`${statusCode} is not in the contract: ${body}`);
  schema.parse(parsed);
  return { status: statusCode, body: parsed };
}
