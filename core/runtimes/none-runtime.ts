import type { NodeLossVerdict, Runtime } from '../ports/runtime.ts';
import { unitName } from './node-step.ts';
import { sharedDataSteps } from './shared-data.ts';
import { userStep } from './user-step.ts';

/** No cluster software: nodes with a shared `/data`, and the job's steps one after the other on the head node. */
export const noneRuntime: Runtime = {
  type: 'None',
  prepare: ({ manifest }) => sharedDataSteps(manifest),
  start: () => [],
  run: ({ manifest }) => manifest.spec.hooks.onRun.map((step) => userStep(step, 'head')),
  clusterFiles: () => ({}),
  stopUnits: ({ manifest, jobId, attempt }) => manifest.spec.hooks.onRun.map((_, index) => unitName(jobId, attempt, 'run', index)),
  nodeLost: ({ manifest }, node) => verdict(manifest.spec.onNodeLoss, node.rank === 0),
  spares: () => false,
  tellLost: () => undefined,
};

/** The job's process and the shared folder are gone with the head node: a new head has nothing to go on from. */
function verdict(policy: 'Fail' | 'Replace' | 'Requeue', isHead: boolean): NodeLossVerdict {
  switch (policy) {
    case 'Fail':
      return 'fail';
    case 'Requeue':
      return 'requeue';
    case 'Replace':
      return isHead ? 'requeue' : 'replace';
  }
}
