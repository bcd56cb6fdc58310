import type { CauseCode } from '../causes/causes.ts';
import { causes } from '../causes/causes.ts';
import type { Certainty } from '../diagnosis.ts';
import type { Facts } from '../facts.ts';
import { sentence, type Found, type Rule } from '../rule.ts';
import type { FailedStep } from '../step-end.ts';
import { failing } from './stop-rules.ts';

/** How a step ends that a cause explains: all that is given must fit. */
interface StepSign {
  readonly cause: CauseCode;
  readonly certainty: Certainty;
  readonly rank?: Rule['rank'];
  /** In what it wrote last. */
  readonly says?: RegExp;
  readonly exitCodes?: readonly number[];
  /** State of its batch job in Slurm. */
  readonly scheduled?: RegExp;
  readonly fits?: (failed: FailedStep) => boolean;
}

const SLURM_START = 'Start Slurm';
/** Signals that come from the program itself. */
const crashes: readonly string[] = ['SIGILL', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGSYS'];

/** The more a sign tells, the earlier it stands. */
const stepSigns: readonly StepSign[] = [
  { cause: 'StepTimedOut', certainty: 'certain', fits: ({ timedOut }) => timedOut },
  { cause: 'DiskFull', certainty: 'certain', says: /No space left on device|\bENOSPC\b|Disk quota exceeded|There is not enough space on the disk/i },
  { cause: 'GpuOutOfMemory', certainty: 'certain', says: /CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|torch\.(cuda\.)?OutOfMemoryError|cudaErrorMemoryAllocation|CUBLAS_STATUS_ALLOC_FAILED/ },
  { cause: 'OutOfMemory', certainty: 'certain', scheduled: /^OUT_OF_MEMORY/ },
  { cause: 'OutOfMemory', certainty: 'certain', says: /Out of memory: Killed process|\boom[-_ ]kill|invoked oom-killer|Exceeded (?:job|step) memory limit|OUT_OF_MEMORY/i },
  { cause: 'SlurmRefused', certainty: 'certain', says: /^sbatch: error:|Batch job submission failed|^No nodes of the cluster have what batch job \d+ asks for/m },
  { cause: 'SlurmSilent', certainty: 'certain', says: /Slurm does not answer:/ },
  { cause: 'SlurmNotStarted', certainty: 'certain', fits: ({ system, name }) => system && name === SLURM_START },
  { cause: 'SlurmNotStarted', certainty: 'certain', says: /Slurm could not start batch job \d+/ },
  { cause: 'SlurmTimeLimit', certainty: 'certain', scheduled: /^(TIMEOUT|DEADLINE)/ },
  { cause: 'SlurmNodeFailed', certainty: 'certain', scheduled: /^(NODE_FAIL|BOOT_FAIL)/ },
  // A step that ran out of its time is ended in Slurm by the orchestrator itself.
  { cause: 'SlurmCancelled', certainty: 'certain', scheduled: /^(CANCELLED|PREEMPTED)/, fits: ({ timedOut }) => !timedOut },
  { cause: 'StepRunnerFailed', certainty: 'certain', exitCodes: [255], says: /^The step runner failed on this node\.$/m },
  {
    cause: 'ContainerNotStarted', certainty: 'certain',
    says: /no container engine on this machine|pull access denied|manifest unknown|manifest for \S+ not found|repository \S+ (?:not found|does not exist)|toomanyrequests|failed to resolve reference|exec format error.*container/i,
  },
  { cause: 'OutOfMemory', certainty: 'likely', says: /\bMemoryError\b|std::bad_alloc|Cannot allocate memory|java\.lang\.OutOfMemoryError|\bout of (?:shared )?memory\b/i },
  { cause: 'CommandNotFound', certainty: 'certain', exitCodes: [127] },
  { cause: 'NotExecutable', certainty: 'certain', exitCodes: [126] },
  // Before what a launcher says of the other ranks, which it kills when one has crashed.
  {
    cause: 'ProgramCrashed', certainty: 'likely',
    says: /\bSegmentation fault\b|\bCaught signal (?:4|6|7|8|11)\b|\*\*\* Process received signal \*\*\*|\(core dumped\)|\bBus error\b|\bIllegal instruction\b|^(?:double free or corruption|free\(\): invalid|\*\*\* stack smashing detected)/m,
  },
  { cause: 'OutOfMemory', certainty: 'likely', says: /^(.*: )?Killed$|^.*line \d+: +\d+ Killed/m },
  { cause: 'OutOfMemory', certainty: 'likely', exitCodes: [137] },
  { cause: 'AccessDenied', certainty: 'likely', says: /\bAccessDenied(?:Exception)?\b|Access Denied|is not authorized to perform|UnauthorizedOperation|403 Forbidden|\(403\)/ },
  {
    cause: 'NetworkUnreachable', certainty: 'likely',
    says: /Could not resolve host|Temporary failure in name resolution|Name or service not known|Network is unreachable|No route to host|Could not connect to the endpoint URL|Connection timed out/i,
  },
  { cause: 'SetupFailed', certainty: 'certain', rank: 'general', fits: ({ system }) => system },
  { cause: 'ProgramCrashed', certainty: 'certain', rank: 'general', fits: ({ signal }) => signal !== undefined && crashes.includes(signal) },
  { cause: 'StepKilled', certainty: 'certain', rank: 'general', fits: ({ signal }) => signal !== undefined },
  { cause: 'HookFailed', certainty: 'certain', rank: 'general', fits: ({ phase }) => phase === 'configure' },
  { cause: 'PostRunFailed', certainty: 'certain', rank: 'general', fits: ({ phase }) => phase === 'postRun' },
  { cause: 'JobFailed', certainty: 'certain', rank: 'general' },
];

/** Where the entry of the step's end is not among those that are known, its reason says a part of it. */
const byReason = (cause: CauseCode, code: string, fits: (facts: Facts) => boolean = () => true): Rule => ({
  cause, certainty: 'certain', rank: 'general',
  finds: (facts) => (facts.failed === undefined && facts.code === code && fits(facts) ? { sentence: sentence(facts.message), events: failing(facts) } : undefined),
});

const isConfiguration = ({ events }: Facts): boolean => events.some(({ to }) => to === 'CONFIGURATION_FAILED');

/** Why the step ended badly that decided how the job ended. */
export const stepRules: readonly Rule[] = [
  ...stepSigns.map(ruleOf),
  byReason('StepTimedOut', 'StepTimedOut'),
  byReason('HookFailed', 'StepFailed', isConfiguration),
  byReason('JobFailed', 'StepFailed'),
];

function ruleOf({ cause, certainty, rank, ...sign }: StepSign): Rule {
  return {
    cause, certainty,
    ...(rank === undefined ? {} : { rank }),
    finds: (facts) => (facts.failed !== undefined && isOf(sign, facts.failed, facts.words) ? found(cause, facts, facts.failed) : undefined),
  };
}

function isOf({ says, exitCodes, scheduled, fits }: Omit<StepSign, 'cause' | 'certainty'>, failed: FailedStep, words: string): boolean {
  return (
    (says === undefined || says.test(words)) &&
    (exitCodes === undefined || (failed.exitCode !== undefined && exitCodes.includes(failed.exitCode))) &&
    (scheduled === undefined || scheduled.test(failed.scheduler?.state ?? '')) &&
    (fits === undefined || fits(failed))
  );
}

function found(cause: CauseCode, facts: Facts, failed: FailedStep): Found {
  const lead = causes[cause].lead ?? 'A step failed';
  return { sentence: `${lead}: ${endText(failed)}`, events: [failed.event, ...failing(facts)] };
}

const phaseWords = { configure: 'of the configuration', run: 'of the run', postRun: 'of the post-run' } as const;

/** `the step train of the run exited with 7 on head-0 and on 2 other nodes.` */
function endText({ name, phase, timedOut, exitCode, signal, node, otherNodes, scheduler }: FailedStep): string {
  const how = timedOut ? 'ran out of its time' : exitCode === undefined ? 'failed' : `exited with ${exitCode}${signal === undefined ? '' : ` (${signal})`}`;
  const others = otherNodes === 0 ? '' : ` and on ${otherNodes} other node${otherNodes === 1 ? '' : 's'}`;
  const where = node === undefined ? '' : ` on ${node}${others}`;
  const slurm = scheduler === undefined ? '' : `; Slurm’s job ${scheduler.id} ended as ${scheduler.state}`;
  return `the step ${name} ${phaseWords[phase]} ${how}${where}${slurm}.`;
}
