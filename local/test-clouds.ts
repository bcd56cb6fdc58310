import { join } from 'node:path';
import { repositoryRoot } from './paths.ts';

/** Where tests put the clouds that they start, so that `npm test` can end those of a run that was killed. */
export const testClouds = join(repositoryRoot, '.local', 'test');
