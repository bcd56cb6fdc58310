import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { awsClients } from './cloud/aws-clients.ts';
import { StandaloneCloud } from './cloud/standalone-cloud.ts';
import { UpstreamCloud } from './cloud/upstream-cloud.ts';
import { cloudAuthorizer, OPEN_AUTHORIZER } from './http/authorizer.ts';
import { settledHosts } from './instances/settled-hosts.ts';
import { continueInOwnNamespace, endOwnNamespace } from './instances/own-namespace.ts';
import { ProcessDriver } from './instances/process-driver.ts';
import { parseScenario, readScenario } from './market/scenario.ts';
import { startSimulator } from './simulator.ts';
import { imageFolders } from './stand-ins/images.ts';

const USAGE = `Usage: node local/fleet/main.ts --port N --state DIR [options]

The fleet simulator: EC2, SSM, prices and quotas on 127.0.0.1:N, with instances that execute.

  --port N          where to listen; 0 for any free port
  --state DIR       journal and instances; what is there goes on
  --scenario FILE   the market at its opening (local/fleet/scenarios/*.json)
  --hosts KIND      "processes" (what the system has without asking for more), or "namespaces" (Linux, tini): instances
                    with a network of their own. A state folder keeps to what it began with; processes
  --host-root DIR   with namespaces: the root that theirs are laid over, such as one of debootstrap; the machine's
  --image-root AMI=DIR
                    with namespaces: the root of the instances of one machine image; may be said again for others
  --speed X         fleet time (boots, notices, market) runs X times faster than the wall; 1
  --upstream URL    the rest of the cloud: requests that are not simulated go there, and so do
                    launch templates, subnets, roles and event rules
  --collector URL   of OpenTelemetry: where the collectors of instances may send to
  --no-auth         do not ask the upstream whether a call is allowed
  --region NAME     us-east-1
  --python FILE     the Python that makes namespaces; python3

It is controlled under /_fleet/ (local/README.md). SIGTERM ends every instance's processes; SIGKILL leaves them.`;

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    state: { type: 'string' },
    scenario: { type: 'string' },
    hosts: { type: 'string' },
    'host-root': { type: 'string' },
    'image-root': { type: 'string', multiple: true },
    speed: { type: 'string', default: '1' },
    upstream: { type: 'string' },
    collector: { type: 'string' },
    'no-auth': { type: 'boolean', default: false },
    region: { type: 'string', default: 'us-east-1' },
    python: { type: 'string', default: 'python3' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help || options.state === undefined) {
  console.log(USAGE);
  process.exit(options.help ? 0 : 2);
}

const stateDirectory = resolve(options.state);
const speed = Number(options.speed);
if (!(speed > 0)) {
  console.error('--speed must be a number above 0');
  process.exit(2);
}
mkdirSync(stateDirectory, { recursive: true });
continueInOwnNamespace(stateDirectory);
const driver = openDriver();
if (driver.isolation === 'none') {
  console.error(`WARNING: ${driver.isolationNote}`);
}
const simulator = await startSimulator({
  port: Number(options.port),
  stateDirectory,
  scenario: options.scenario === undefined ? parseScenario({}) : readScenario(options.scenario),
  speed,
  cloud:
    options.upstream === undefined
      ? new StandaloneCloud()
      : new UpstreamCloud(awsClients(options.upstream, options.region)),
  authorizer: options.upstream === undefined || options['no-auth'] ? OPEN_AUTHORIZER : cloudAuthorizer(options.upstream),
  driver,
  upstream: options.upstream,
  collector: options.collector,
});
console.log(`The fleet simulator listens on ${simulator.url} (${driver.isolationNote})`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    void simulator.close().then(() => 0, (error: unknown) => {
      console.error('Instances could not be ended:', error);
      return 1;
    }).then((exitCode) => {
      endOwnNamespace(stateDirectory);
      process.exit(exitCode);
    });
  });
}

/** Ends the process with a sentence where instances cannot be what is asked. */
function openDriver(): ProcessDriver {
  try {
    const driverOptions = {
      directory: join(stateDirectory, 'instances'),
      standIns: join(import.meta.dirname, 'stand-ins'),
      visible: imageFolders(),
      python: realPython(options.python),
    };
    const asked = { kind: options.hosts, base: options['host-root'], imageRoots: options['image-root'] };
    return new ProcessDriver(driverOptions, settledHosts(stateDirectory, asked));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** The interpreter itself: what is called python3 may be a wrapper that starts slowly. */
function realPython(name: string): string {
  const found = spawnSync(name, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : name;
}
