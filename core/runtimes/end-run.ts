import type { Job } from '../job/job.ts';
import type { NodeStep } from './node-step.ts';

/** More than the units of the run get to end. */
const TIMEOUT_SECONDS = 120;

/**
 * Post-run of a job without hooks whose run was ended from outside: nothing but the end of its units, which go before it
 * (`stopFirst`). Their processes have their signal and their time then, before the machines go.
 */
export const endRunStep: NodeStep = {
  phase: 'postRun',
  index: 0,
  name: 'End the run',
  ranks: 'head',
  action: { kind: 'script', script: '#!/bin/sh\n' },
  env: {},
  timeoutSeconds: TIMEOUT_SECONDS,
  system: true,
};

/** Whether somebody, or the time, ended the run of a job that is past it: what it began on the nodes may still be there. */
export const isEndedFromOutside = ({ outcome }: Pick<Job, 'outcome'>): boolean => outcome === 'CANCELLED' || outcome === 'TIMED_OUT';
