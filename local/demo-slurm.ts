/** `npm run demo:slurm`: an MPI program runs by real Slurm on nine simulated hosts in three zones, from submission to DONE. */
import { join } from 'node:path';
import { onDemoCloud } from './demo-cloud.ts';
import { demonstrate, heading, say } from './demo-job.ts';
import { repositoryRoot } from './paths.ts';
import { installSlurm, missingHere } from './slurm/install.ts';

const scenario = join(repositoryRoot, 'local', 'scenarios', 'three-zones.json');

/** Whether everything is there that the demonstration needs; says what is not. */
async function prepare(): Promise<boolean> {
  if (missingHere().length > 0) heading('Slurm and MPI are being installed …');
  const missing = await installSlurm();
  for (const sentence of missing) console.error(sentence);
  return missing.length === 0;
}

if (await prepare()) {
  await onDemoCloud('npm run demo:slurm', { scenario, hosts: 'namespaces' }, (cloud) => {
    say(`  releases of Slurm: ${cloud.slurm.join(', ')}`);
    return demonstrate(cloud, 'examples/slurm-mpi.yaml', 'one head node and eight workers; no zone has Spot enough');
  });
} else {
  process.exitCode = 1;
}
