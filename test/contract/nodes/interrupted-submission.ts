import type { Node } from '../../../core/job/job.ts';
import { answerOf, bash, linesOf, type BatchJobs } from './batch-jobs.ts';
import type { SlurmCluster } from './slurm-cluster.ts';

const WRAPPER = '/usr/local/bin/sbatch';
/** What follows the job, and the launcher that began that. */
export const FOLLOWER = '$PPID';
const LAUNCHER = '$(cut -d " " -f 4 "/proc/$PPID/stat")';

/** Ends what follows the job and its launcher as the kernel does it; what does this goes on. */
export const KILL_BOTH = `kill -KILL ${LAUNCHER} ${FOLLOWER}`;
/** Submits as the launcher has asked, and keeps the answer. */
export const SUBMIT = 'answer=$(/usr/bin/sbatch "$@")';
/** Submits when another has noted its job, without the lock: as a message that was on its way when sbatch was killed. */
export const SUBMIT_LATE = `exec 9>&-; script=\${!#}; until [ -s "\${script%/files/job}/slurm-job" ]; do sleep 0.05; done; ${SUBMIT}; echo "$answer" > /data/late`;

/** What became of a step whose sbatch was interrupted. */
export interface Outcome {
  readonly exitCode: number | undefined;
  /** How often its script ran. */
  readonly runs: string;
  /** What the launcher has said of submissions, without the numbers. */
  readonly said: readonly string[];
}

/** A step and how its submission is interrupted. */
export interface Interruption {
  /** Lines of bash that are sbatch, the first time that it is asked. */
  readonly sbatch: readonly string[];
  /** What the script does, beside counting its runs: its own options first. */
  readonly script?: readonly string[];
  /** What happens when the step has been sent. */
  readonly meanwhile?: () => Promise<void>;
}

/** Runs a step whose submission is interrupted, and whose script counts its runs and ends with 6. */
export async function interrupted(cluster: SlurmCluster, jobs: BatchJobs, head: Node, { sbatch, script = [], meanwhile }: Interruption): Promise<Outcome> {
  await cluster.look(head, `rm -f /data/runs; cat > ${WRAPPER} <<'END'\n${bash(`rm ${WRAPPER}`, ...sbatch)}\nEND\nchmod +x ${WRAPPER}`);
  const sent = jobs.submit(...script, 'echo ran >> /data/runs', 'exit 6');
  await meanwhile?.();
  const answer = await answerOf(sent);
  const said = linesOf(answer).filter((line) => /batch job \d+(?:,|$)/.test(line)).map((line) => line.replace(/ batch job.*/, ''));
  return { exitCode: answer.exitCode, runs: await cluster.look(head, 'cat /data/runs'), said };
}
