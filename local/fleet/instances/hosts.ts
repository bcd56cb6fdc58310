import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { InstanceBoot } from './driver.ts';
import type { DriverOptions } from './driver-options.ts';
import { layoutArguments, NamespaceBoots, pythonTool } from './namespace-boots.ts';

const TOOL = pythonTool('hosts.py');
const METADATA = { address: '169.254.169.254', port: 80 } as const;
const LOCALHOST = ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback'];
/** The names of tini, as distributions and container engines install it; the one without libraries runs on any root. */
const FIRST_PROCESSES = ['tini-static', 'tini', 'docker-init'];

/** How instances become hosts. */
export interface HostOptions {
  /** A folder of the simulator: its relay, and the names of its hosts. */
  readonly network: string;
  /** The root that the hosts' own are laid over; the machine's where not said. */
  readonly base?: string | undefined;
  /** The roots of machine images that have one of their own, by AMI id. */
  readonly imageRoots?: Readonly<Record<string, string>> | undefined;
}

/** What is missing here for instances to be hosts, a sentence each; empty where nothing is. Root may be that of a user namespace. */
export function missingForHosts(python: string): string[] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return ['They need Linux, and root or a user namespace.'];
  }
  const missing = [
    ...(find(['ip']) === undefined ? ['The command "ip" is missing: apt-get install iproute2.'] : []),
    ...(find(FIRST_PROCESSES) === undefined ? ['The command "tini" is missing: apt-get install tini.'] : []),
  ];
  const probe = missing.length > 0 ? undefined : spawnSync(python, [...TOOL, 'probe'], { encoding: 'utf8' });
  const refused = probe !== undefined && probe.status !== 0;
  return refused ? [`Network namespaces were refused: ${probe.error?.message ?? probe.stderr.trim()}`] : missing;
}

/**
 * Makes instances hosts: each has a network namespace with its address on the simulator's bridge, and the ports of
 * the local cloud on its loopback. The names of all are in one hosts file that all see, which stands for the VPC's DNS.
 */
export class Hosts {
  readonly #boots: NamespaceBoots;
  readonly #file: string;
  /** The line of each host. */
  readonly #names: Map<string, string>;
  readonly #imageRoots: Readonly<Record<string, string>>;

  /** @throws when something is missing. */
  constructor(options: DriverOptions, { network, base, imageRoots = {} }: HostOptions) {
    const missing = missingForHosts(options.python);
    if (missing.length > 0) {
      throw new Error(`Instances cannot be hosts here. ${missing.join(' ')}`);
    }
    this.#boots = new NamespaceBoots(options.python, [
      ...TOOL, 'up', '--network', network, '--init', find(FIRST_PROCESSES) ?? '',
      ...(base === undefined ? [] : ['--base', base]), ...layoutArguments(options),
    ]);
    this.#imageRoots = imageRoots;
    mkdirSync(join(network, 'shared'), { recursive: true });
    this.#file = join(network, 'shared', 'hosts');
    this.#names = readNames(this.#file);
    this.#write();
  }

  /** Makes the host, or connects one that runs to the ports that its environment names now. */
  async boot(folder: string, boot: InstanceBoot): Promise<void> {
    this.#names.set(boot.instanceId, `${boot.addresses[0]} ${boot.dnsName} ${boot.hostName}`);
    this.#write();
    const { hostName, addresses } = boot;
    const base = this.#imageRoots[boot.imageId];
    await this.#boots.boot(JSON.stringify({ folder, hostName, addresses, listeners: listeners(boot.environment), base }));
  }

  /** Nobody finds it by its name any more. */
  forget(instanceId: string): void {
    if (this.#names.delete(instanceId)) {
      this.#write();
    }
  }

  /** As a whole, so that no program reads half of it. */
  #write(): void {
    const lines = [...this.#names].map(([id, line]) => `${line} # ${id}`);
    writeFileSync(`${this.#file}.new`, `${[...LOCALHOST, ...lines].join('\n')}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

/**
 * Where a host listens, and the port of the machine's loopback behind it: what the environment of its programs names
 * there, at the same address, and the metadata service at its well-known one too.
 */
function listeners(environment: Readonly<Record<string, string>>): [address: string, port: number, target: number][] {
  const ports = new Set(Object.values(environment).map(loopbackPort).filter((port) => port > 0));
  const metadata = loopbackPort(environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? '');
  return [
    ...[...ports].map((port): [string, number, number] => ['127.0.0.1', port, port]),
    ...(metadata > 0 ? [[METADATA.address, METADATA.port, metadata] satisfies [string, number, number]] : []),
  ];
}

/** 0 of anything else than a URL of the machine's loopback. */
function loopbackPort(url: string): number {
  return Number(/^http:\/\/127\.0\.0\.1:(\d+)/.exec(url)?.[1] ?? 0);
}

/** The hosts of an earlier life of the simulator. */
function readNames(file: string): Map<string, string> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return new Map(lines.map((line) => line.split(' # ')).flatMap(([names, id]) => (names && id ? [[id, names]] : [])));
}

function find(programs: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return programs.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}
