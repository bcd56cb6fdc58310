import { tokens } from '../../composition/machine.ts';
import { attempts, clock, jobs } from '../../composition/stores.ts';
import { tokenTaskHandler } from '../token-task-handler.ts';
import { parkJob } from './park-job.ts';

export const handler = tokenTaskHandler((input) => parkJob({ jobs, attempts, tokens, clock }, input));
