import type { Submission } from '@advanced-orchestrator/sdk';
import { namespaceIn, readDocument, sending } from '../document.ts';
import type { Document } from '../document.ts';
import { dryRunText } from '../output/dry-run.ts';
import { writeJson } from '../output/json.ts';
import { warningLines } from '../output/problems.ts';
import { count, usd } from '../output/words.ts';
import { namespaceOf } from '../session.ts';
import type { Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { waitAndReport } from '../wait.ts';
import { action, examples, type AddCommand } from './command.ts';
import { manifestVersion, priority } from './arguments.ts';

interface SubmitOptions {
  readonly manifest?: { readonly name: string; readonly version?: number };
  readonly script?: string;
  readonly priority?: Submission['priority'];
  readonly idempotencyKey?: string;
  readonly dryRun?: true;
  readonly wait?: true;
}

/** What is submitted, and where to. */
interface Prepared {
  readonly namespace: string;
  readonly submission: Submission;
  /** What problems are in. */
  readonly document: Document;
}

/** `orch submit [FILE]` */
export const addSubmit: AddCommand = (program, context) => {
  program
    .command('submit')
    .summary('submit a job')
    .description('Submits a manifest as a job and prints NAMESPACE/JOB, which every other command takes. The namespace is the manifest’s.')
    .argument('[file]', 'manifest, YAML or JSON; - reads standard input')
    .option('-m, --manifest <name[@version]>', 'a stored manifest instead of a file', manifestVersion)
    .option('-s, --script <file>', 'the job: run after the manifest’s onRun steps, on the head node or as a batch job of Slurm')
    .option('-p, --priority <priority>', '0 to 1000, higher first, or low, normal, high, urgent; instead of the manifest’s', priority)
    .option('--idempotency-key <key>', 'the same key with the same submission makes one job, for 24 hours')
    .option('--dry-run', 'only show where the nodes would be sought and what they cost')
    .option('-w, --wait', 'wait until the job has ended and exit as it did (see the exit codes of "orch help")')
    .addHelpText('after', examples(
      'orch submit cluster.yaml --dry-run', 'orch submit cluster.yaml --script train.sh --wait', 'orch submit -n physics --manifest cluster@3 --priority high',
      'orch logs -f $(orch submit cluster.yaml)'))
    .action(action(context, async (session, file: string | undefined, options: SubmitOptions) => {
      const prepared = await prepare(session, file, options);
      return options.dryRun === true ? plan(session, prepared) : submit(session, prepared, options);
    }));
};

async function plan(session: Session, { namespace, submission, document }: Prepared): Promise<void> {
  const { terminal, colours, json } = session;
  const answer = await sending(document, () => session.client().planJob(namespace, submission, { signal: terminal.signal }));
  if (json) return writeJson(session, answer);
  terminal.err(warningLines(document.file, answer.warnings));
  terminal.out(dryRunText(colours, answer));
}

async function submit(session: Session, { namespace, submission, document }: Prepared, options: SubmitOptions): Promise<number | void> {
  const { terminal, json } = session;
  const { idempotencyKey } = options;
  const sent = { signal: terminal.signal, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  const job = await sending(document, () => session.client().submitJob(namespace, submission, sent));
  const ref = { namespace: job.namespace, jobId: job.jobId };
  if (json && options.wait !== true) writeJson(session, job);
  if (!json) {
    terminal.err(warningLines(document.file, job.warnings));
    terminal.err(`submitted ${job.manifest.name} v${job.manifest.version}: ${count(job.nodeCount, 'node')}, at most ${usd(job.maxUsdPerHour)}/h\n`);
    terminal.out(`${job.namespace}/${job.jobId}\n`);
  }
  return options.wait === true ? waitAndReport(session, ref) : undefined;
}

async function prepare(session: Session, file: string | undefined, options: SubmitOptions): Promise<Prepared> {
  const { terminal } = session;
  if ((file === undefined) === (options.manifest === undefined)) throw new UsageError('name either a file or a stored manifest (--manifest)');
  if (file === '-' && options.script === '-') throw new UsageError('standard input can be the manifest or the script, not both');
  const beside = {
    ...(options.script === undefined ? {} : { script: (await readDocument(terminal, options.script)).text }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  };
  if (file === undefined) {
    const { name, version } = options.manifest ?? { name: '' };
    const manifestRef = { name, ...(version === undefined ? {} : { version }) };
    return { namespace: namespaceOf(session), submission: { manifestRef, ...beside }, document: { file: `manifest ${name}`, text: '' } };
  }
  const document = await readDocument(terminal, file);
  return { namespace: await destination(session, document), submission: { manifest: document.text, ...beside }, document };
}

/** The namespace of a document. One that names none is shown to the service, which says what is wrong with it. */
async function destination(session: Session, document: Document): Promise<string> {
  const namespace = session.givenNamespace ?? namespaceIn(document) ?? session.terminal.environment['ORCH_NAMESPACE'];
  if (namespace !== undefined && namespace !== '') return namespace;
  const valid = await sending(document, () => session.client().validateManifest(document, { signal: session.terminal.signal }));
  return valid.namespace;
}
