/** Writes the dashboards of a deployment as Grafana imports them. Run by `npm run grafana`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { readConfiguration } from '../lib/configuration/load.ts';
import { grafanaFiles } from '../lib/observability/dashboards/grafana/files.ts';
import { profileRegion } from './profile-region.ts';

const program = new Command('npm run grafana --')
  .description('Writes the dashboards of a deployment for Grafana 11 or later, one JSON file each. Asks nothing of AWS.')
  .option('--out <folder>', 'where the files go; it is made if need be', 'dashboards')
  .option('--config <file>', 'configuration of the deployment (default: deployment.json if it exists, else all defaults)')
  .addHelpText('after', `
Examples:
  npm run grafana
  npm run grafana -- --out /etc/grafana/dashboards --config production.json

Import them in Grafana (Dashboards, New, Import) and choose the CloudWatch data source of the deployment's account.
Exit code 1 when a file cannot be written, 2 when the configuration is not valid.`)
  .parse();
const { out, config } = program.opts<{ out: string; config?: string }>();

const complaint = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const region = await profileRegion();
const configuration = await Promise.resolve().then(() => readConfiguration(config, region))
  .catch((error: unknown): never => program.error(complaint(error), { exitCode: 2 }));

try {
  await mkdir(out, { recursive: true });
  for (const [name, dashboard] of grafanaFiles(configuration)) {
    const file = join(out, name);
    await writeFile(file, `${JSON.stringify(dashboard, null, 2)}\n`);
    console.log(file);
  }
} catch (error) {
  program.error(complaint(error), { exitCode: 1 });
}
