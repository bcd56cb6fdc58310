import type { CauseText } from '../cause.ts';

const LOST = 'docs/runbook/jobs.md#nodes-that-are-lost';

/** What happened to the machines of a job. */
export const nodeCauses = {
  NodeNeverCameUp: {
    bearing: 'failed',
    means: 'A node was launched and never took commands, nor did those that were launched in its place.',
    youCanDo: ['If the pool has an image of its own (nodePools[].image): it needs the SSM agent, and a network that reaches SSM.', 'Submit it again without that image to compare.'],
    operatorCanDo: ['Look at the console output of the instance, and whether its subnet reaches SSM, S3 and CloudWatch (npm run preflight).'],
    runbook: 'docs/runbook/jobs.md#nodes-that-do-not-come-up',
  },
  NodeHung: {
    bearing: 'failed',
    means: 'EC2 ran a node and did not reach it for minutes, since its kernel hung or its host failed, and the orchestrator terminated it.',
    youCanDo: [
      'See whether the run uses up the memory of its nodes, which is what kernels hang of: instance types with more of it, or fewer processes on each.',
      'Have it tried again (retry: { maxAttempts: 3, on: [INTERRUPTED] }), or go on with new nodes (onNodeLoss: Replace or Requeue), from a checkpoint.',
    ],
    operatorCanDo: ['See what the instance said last (aws ec2 get-console-output, within the hour), and the account’s health events: other hosts of the type or zone may fail too.'],
    runbook: LOST,
  },
  SpotInterruption: {
    bearing: 'failed',
    means: 'EC2 took back Spot machines.',
    youCanDo: [
      'Have it tried again (retry: { maxAttempts: 3, on: [INTERRUPTED] }), or go on with new nodes (onNodeLoss: Replace or Requeue), from a checkpoint.',
      'Use purchaseOption: OnDemand for pools that must not be lost, the head node first.',
    ],
    operatorCanDo: ['See which offerings are taken back often (orch capacity).'],
    runbook: LOST,
  },
  NodeLost: {
    bearing: 'failed',
    means: 'A node stopped running, or stopped answering, while the job needed it.',
    youCanDo: ['Have it tried again (retry: { maxAttempts: 3, on: [INTERRUPTED] }), or go on with new nodes (onNodeLoss: Replace or Requeue).'],
    operatorCanDo: ['See why the instance ended (its state reason in EC2, the account’s health events), and whether somebody terminated it.'],
    runbook: LOST,
  },
  NodeNotReplaced: {
    bearing: 'failed',
    means: 'A node was lost, and no machine could be had in its place.',
    youCanDo: ['Name more instance types for the pool, or allow on-demand in place of Spot (purchaseOption: SpotPreferred).'],
    operatorCanDo: ['See what cools and since when (orch capacity).'],
    runbook: LOST,
  },
  TooManyLosses: {
    bearing: 'failed',
    means: 'Nodes were lost more often than an attempt of this deployment goes on after.',
    youCanDo: ['Have it tried again (retry.on: [INTERRUPTED]), on other instance types, or on demand.'],
    operatorCanDo: ['Raise limits.maxReplacementsPerAttempt of the configuration if jobs often need more.'],
    runbook: LOST,
  },
  MachinesLeft: {
    bearing: 'failed',
    means: 'Not all machines of the job are known to be gone; the orchestrator goes on ending them, and they may cost.',
    youCanDo: ['Nothing: results and outcome of the job stay as they are.'],
    operatorCanDo: ['See which machines are left and why EC2 does not end them.'],
    runbook: 'docs/runbook/README.md#machines-left',
  },
  MachinesGoneLate: {
    bearing: 'well',
    means: 'Its machines went later than they should have, and are gone now.',
    youCanDo: [],
    operatorCanDo: [],
    runbook: 'docs/runbook/README.md#machines-left',
  },
} as const satisfies Readonly<Record<string, CauseText>>;
