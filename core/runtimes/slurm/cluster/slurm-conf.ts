import type { Node } from '../../../job/job.ts';
import type { Manifest } from '../../../manifest/schema.ts';
import { compressHosts } from '../host-list.ts';
import { coresAndThreads, groupNodes, hardwareOf, memoryForJobs } from '../node-facts.ts';
import { ALL_WORKERS } from '../partitions.ts';
import { SLURM_DATA_FOLDER, SLURM_FOLDER, SLURM_RUN_FOLDER } from '../places.ts';

/** What slurm.conf is made of; `workers` by rank. */
export interface SlurmConfInput {
  readonly manifest: Manifest;
  readonly clusterName: string;
  readonly controller: Node;
  readonly workers: readonly Node[];
}

/**
 * slurm.conf, the same on all nodes. What depends on the machine (what it can confine jobs with, which MPI it has) is in
 * machine.conf beside it. Every option is one that Slurm 22.05 and all later releases know.
 */
export function slurmConf({ manifest, clusterName, controller, workers }: SlurmConfInput): string {
  return lines([
    `ClusterName=${clusterName}`,
    `SlurmctldHost=${controller.name}`,
    ...DAEMONS,
    ...JOBS,
    ...SCHEDULING,
    ...(manifest.spec.runtime.accounting === true ? ACCOUNTING : []),
    ...groupNodes(workers, likeness).map(nodeLine),
    ...partitionLines(workers),
    // Last, since what stands there counts. By its whole name: clients read slurm.conf by a link in another folder.
    `Include ${SLURM_FOLDER}/conf/machine.conf`,
  ]);
}

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

const DAEMONS = [
  'SlurmUser=root',
  'AuthType=auth/munge',
  // A job that is put back into the queue waits until its old credentials have expired.
  `AuthInfo=socket=${SLURM_RUN_FOLDER}/munge.socket,cred_expire=60`,
  `StateSaveLocation=${SLURM_FOLDER}/state`,
  `SlurmdSpoolDir=${SLURM_FOLDER}/spool`,
  `SlurmctldPidFile=${SLURM_RUN_FOLDER}/slurmctld.pid`,
  `SlurmdPidFile=${SLURM_RUN_FOLDER}/slurmd.pid`,
  `SlurmctldLogFile=${SLURM_FOLDER}/logs/slurmctld.log`,
  `SlurmdLogFile=${SLURM_FOLDER}/logs/slurmd.log`,
  // A daemon that is away for a while costs no job; of machines that are gone the head node is told.
  'SlurmdTimeout=180',
  'MessageTimeout=60',
  // Slurm asks for five times the time that a message may take, at least.
  'UnkillableStepTimeout=300',
  'TreeWidth=64',
  // machine.conf may differ.
  'DebugFlags=NO_CONF_HASH',
  // What the machine's type says counts, whatever a daemon finds.
  'SlurmdParameters=config_overrides',
  'ReturnToService=2',
];

const JOBS = [
  'JobRequeue=1',
  'JobFileAppend=1',
  'KillWait=30',
  'BatchStartTimeout=60',
  // The head node asks for the end of a job whenever it comes to it.
  'MinJobAge=86400',
  // Limits of the process that submits say nothing of the nodes that compute.
  'PropagateResourceLimits=NONE',
  `TaskProlog=${SLURM_FOLDER}/bin/task-prolog.sh`,
  'MailProg=/bin/true',
];

const SCHEDULING = [
  'SchedulerType=sched/backfill',
  // One job at a time waits for nodes: it starts when they are there.
  'SchedulerParameters=batch_sched_delay=0,sched_interval=5,bf_interval=5',
  'SelectType=select/cons_tres',
  'SelectTypeParameters=CR_Core_Memory',
  // What no partition can ever hold is refused at once.
  'EnforcePartLimits=ALL',
  'TopologyPlugin=topology/tree',
  'GresTypes=gpu',
];

const ACCOUNTING = ['JobCompType=jobcomp/filetxt', `JobCompLoc=${SLURM_DATA_FOLDER}/jobs.log`];

const likeness = ({ pool, instanceType, zone, hardware }: Node): string => JSON.stringify([pool, instanceType, zone, hardware]);

function nodeLine(nodes: readonly [Node, ...Node[]]): string {
  const [{ pool, zone, instanceType }] = nodes;
  const hardware = hardwareOf(nodes[0]);
  const { cores, threads } = coresAndThreads(hardware);
  return [
    `NodeName=${compressHosts(nodes.map(({ name }) => name))}`,
    `CPUs=${cores * threads} Boards=1 SocketsPerBoard=1 CoresPerSocket=${cores} ThreadsPerCore=${threads}`,
    `RealMemory=${memoryForJobs(hardware)}`,
    ...(hardware.gpus === 0 ? [] : [`Gres=gpu:${hardware.gpus}`]),
    `Features=${[...new Set([pool, zone, instanceType])].join(',')}`,
    'State=UNKNOWN',
  ].join(' ');
}

function partitionLines(workers: readonly Node[]): readonly string[] {
  const byPool = groupNodes(workers, ({ pool }) => pool).map((nodes) => partitionLine(nodes[0].pool, nodes));
  return workers.length === 0 ? [] : [...byPool, `${partitionLine(ALL_WORKERS, workers)} Default=YES`];
}

const partitionLine = (name: string, nodes: readonly Node[]): string =>
  `PartitionName=${name} Nodes=${compressHosts(nodes.map((node) => node.name))} MaxTime=INFINITE State=UP`;
