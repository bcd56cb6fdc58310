/** `npm start`: a gang of 65 nodes goes through every stage to DONE on a local cloud of its own. */
import { join } from 'node:path';
import { onDemoCloud } from './demo-cloud.ts';
import { demonstrate, say } from './demo-job.ts';
import { isolationWarning } from './isolation.ts';
import { repositoryRoot } from './paths.ts';

const scenario = join(repositoryRoot, 'local', 'scenarios', 'scarce-spot.json');

const warning = isolationWarning(process.platform);
if (warning !== undefined) say(warning);
await onDemoCloud('npm start', { scenario }, (cloud) =>
  demonstrate(cloud, 'examples/gang-64.yaml', 'one head node and 64 workers; no zone has Spot enough', ['add up']));
