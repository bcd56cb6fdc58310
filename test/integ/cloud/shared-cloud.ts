import { administrator } from '../../../local/cdk.ts';
import { bringUp, type LocalCloudOptions } from '../../../local/cloud.ts';
import { region, type Credentials } from '../../../local/environment-file.ts';
import { readRecord, type CloudRecord } from '../../../local/record.ts';
import { restartFleet, serverNamed } from '../../../local/servers.ts';
import { endpointOf, fleetUrlOf } from '../../../local/services.ts';
import type { CdkApp } from '../../../local/synthesis.ts';
import { OrchestratorClient } from '../../../sdk/src/index.ts';
import { Account } from './account.ts';
import { Fleet } from './fleet.ts';
import { Jobs } from './jobs.ts';
import { recordOfSharedCloud, siteOptions } from './site.ts';

/** The deployed stack on a cloud that integration tests share, and what tests do with it. */
export interface SharedCloud {
  /** Address of the deployed API, with a slash at its end. */
  readonly apiUrl: string;
  readonly endpoint: string;
  readonly fleetUrl: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The releases of Slurm that jobs may ask for. */
  readonly slurm: readonly string[];
  /** An IAM user who may call every route of the API, and nothing else. */
  readonly researcher: Credentials;
  /** Submits and watches jobs as the researcher. */
  readonly jobs: Jobs;
  readonly fleet: Fleet;
  /** What an administrator sees and does: table, functions, executions, buckets. */
  readonly account: Account;
  /** A client of the API with these credentials. */
  client(credentials?: Credentials): OrchestratorClient;
  /** Deploys another app over the stack, or the product's own again. */
  deploy(app?: CdkApp): Promise<void>;
  /** Process id of the fleet simulator. */
  fleetPid(): number;
  /** Starts the simulator again after a test killed it. */
  restartFleet(): Promise<void>;
}

/**
 * Finds the shared cloud, or starts it: the first caller of a run waits for the deployment.
 *
 * @param options which of the shared clouds: the one of nearly all tests when left out.
 */
export async function sharedCloud(options: LocalCloudOptions = siteOptions): Promise<SharedCloud> {
  const { site, outputs, slurm = [], credentials: researcher = administrator } = await recordOfSharedCloud(options);
  const endpoint = endpointOf(site);
  const fleetUrl = fleetUrlOf(site);
  const apiUrl = outputs['ApiUrl'] ?? '';
  const client = (credentials: Credentials = researcher): OrchestratorClient =>
    new OrchestratorClient({ endpoint: apiUrl, region, credentials });
  const fleet = new Fleet(fleetUrl);
  const account = new Account({ endpoint, outputs });
  return {
    apiUrl, endpoint, fleetUrl, outputs, slurm, researcher, fleet, account, client,
    jobs: new Jobs(client(), account, { apiUrl, credentials: researcher }),
    deploy: async (app) => { await bringUp({ ...options, ...(app === undefined ? {} : { app }) }); },
    fleetPid: () => serverNamed(currentRecord(options.dir), 'fleet')?.pid ?? 0,
    restartFleet: async () => { await restartFleet(currentRecord(options.dir), options); },
  };
}

function currentRecord(dir: string): CloudRecord {
  const record = readRecord(dir);
  if (record === undefined) throw new Error(`No cloud runs in ${dir}.`);
  return record;
}
