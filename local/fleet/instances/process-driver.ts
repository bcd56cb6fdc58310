import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { imageTable } from '../stand-ins/images.ts';
import type { DriverOptions } from './driver-options.ts';
import { foldersIn, holderOf, mainProcessOf } from './holder.ts';
import { Hosts } from './hosts.ts';
import type { HostOptions } from './hosts.ts';
import { linkMachineFiles, resolveInside, RUNS } from './instance-folder.ts';
import { layoutArguments, NAMESPACE_TOOL, NamespaceBoots, namespaceRefusal } from './namespace-boots.ts';
import type { InstanceBoot, InstanceDriver, Isolation, Run, RunResult } from './driver.ts';
import { isRunning, kill, recordProcess } from './process-table.ts';
import type { ProcessRecord } from './process-table.ts';
import { RUNNER, RunFiles } from './run-files.ts';

const execute = promisify(execFile);
/** Where the stand-ins are, as an instance with its own root sees them. */
const STAND_INS_INSIDE = '/.fleet';
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What root on an instance may not do to the machine: mount, load modules, reach disks, reboot, set the time. */
const WITHHELD = ['sys_admin', 'sys_module', 'sys_rawio', 'sys_boot', 'sys_time', 'mknod'];
const POLL_MS = 50;
const NOTES: Readonly<Record<Isolation, string>> = {
  hosts: 'Instances are hosts with their own root, network, /data, /tmp and processes; nothing outside can be written.',
  namespaces: 'Instances have their own root, /data, /tmp and processes; nothing outside can be written.',
  none: 'Instances are NOT isolated: their scripts can write anywhere that you can.',
};

/**
 * Instances as process groups of this machine, in namespaces of their own where the system has them; hosts, with a
 * network of their own, if so asked.
 */
export class ProcessDriver implements InstanceDriver {
  readonly isolation: Isolation;
  readonly isolationNote: string;
  readonly #options: DriverOptions;
  readonly #boots: NamespaceBoots;
  readonly #hosts: Hosts | undefined;
  readonly #booting = new Map<string, Promise<void>>();
  readonly #runs = new Map<string, Promise<RunResult>>();
  /** Folders of the runs that this very process has started. */
  readonly #spawned = new Set<string>();

  /** @throws when instances shall be hosts and cannot. */
  constructor(options: DriverOptions, hosts?: HostOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true });
    this.#boots = new NamespaceBoots(options.python, [...NAMESPACE_TOOL, 'boot', ...layoutArguments(options)]);
    this.#hosts = hosts && new Hosts(options, hosts);
    const refusal = hosts === undefined ? namespaceRefusal(options.python) : undefined;
    const isolated = hosts === undefined ? 'namespaces' : 'hosts';
    this.isolation = refusal === undefined ? isolated : 'none';
    this.isolationNote = refusal === undefined ? NOTES[isolated] : `${NOTES.none} ${refusal}`;
  }

  start(boot: InstanceBoot): Promise<void> {
    const booting = this.#start(boot).finally(() => this.#booting.delete(boot.instanceId));
    this.#booting.set(boot.instanceId, booting);
    return booting;
  }

  async #start(boot: InstanceBoot): Promise<void> {
    const folder = this.#folder(boot.instanceId);
    if (this.#hosts === undefined && this.#holder(boot.instanceId) !== undefined) {
      return;
    }
    mkdirSync(join(folder, 'runs'), { recursive: true });
    mkdirSync(join(folder, 'machine'), { recursive: true });
    const environment = Object.entries(boot.environment).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(folder, 'machine', 'environment'), environment.join(''));
    writeFileSync(join(folder, 'machine', 'images'), imageTable());
    chmodSync(folder, 0o755);
    if (this.#hosts !== undefined) {
      await this.#hosts.boot(folder, boot);
    } else if (this.isolation === 'none') {
      linkMachineFiles(folder);
    } else {
      await this.#boots.boot(`${folder}=${boot.hostName}`);
    }
  }

  run(run: Run): Promise<RunResult> {
    const key = `${run.instanceId}/${run.name}`;
    const known = this.#runs.get(key);
    if (known !== undefined) {
      return known;
    }
    const running = this.#runOrAttach(run).finally(() => this.#runs.delete(key));
    this.#runs.set(key, running);
    return running;
  }

  async stop(instanceId: string, name: string): Promise<void> {
    this.#killRun(this.#files(instanceId, name));
    await this.#runs.get(`${instanceId}/${name}`);
  }

  async share(from: { instanceId: string; path: string }, to: { instanceId: string; path: string }): Promise<void> {
    const holder = this.#holder(to.instanceId);
    const source = resolveInside(join(this.#folder(from.instanceId), 'root'), from.path);
    if (holder === undefined || source === undefined) {
      throw new Error(`${from.path} of ${from.instanceId} cannot be mounted on ${to.instanceId}`);
    }
    await execute(this.#options.python, [
      ...NAMESPACE_TOOL, 'share', '--source', source,
      '--pid', String(holder.pid), '--target', to.path,
    ]);
  }

  async unshare(at: { instanceId: string; path: string }): Promise<void> {
    const holder = this.#holder(at.instanceId);
    if (holder === undefined) {
      throw new Error(`${at.path} is not mounted`);
    }
    const place = ['--pid', String(holder.pid), '--target', at.path];
    await execute(this.#options.python, [...NAMESPACE_TOOL, 'unshare', ...place]);
  }

  async readFile(instanceId: string, path: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#folder(instanceId), 'root', path), 'utf8');
    } catch {
      return undefined;
    }
  }

  async kill(instanceId: string): Promise<void> {
    // Before its boot is over nobody knows its first process. Of a failure the booter is told.
    await this.#booting.get(instanceId)?.catch(() => undefined);
    this.#hosts?.forget(instanceId);
    const holder = this.#holder(instanceId);
    if (holder !== undefined) {
      // The first process of a PID namespace takes all others with it.
      kill(holder, 'process');
      await until(() => !isRunning(holder));
      // What the kernel kept there for the overlays; even its owner cannot read it.
      await rm(join(this.#folder(instanceId), 'kernel'), { recursive: true, force: true, maxRetries: 3 });
      return;
    }
    // What an ended one had written down are ids of its own namespace, and old ones of this machine: others' by now.
    if (this.isolation === 'none') {
      this.#killUnisolated(instanceId);
    }
  }

  async destroy(instanceId: string): Promise<void> {
    await this.kill(instanceId);
    await rm(this.#folder(instanceId), { recursive: true, force: true, maxRetries: 3 });
  }

  async #runOrAttach(run: Run): Promise<RunResult> {
    const files = this.#files(run.instanceId, run.name);
    files.prepare(run);
    if (files.isStarted()) {
      // An earlier life of this process started it.
      await until(() => files.exitCode() !== undefined || !this.#isAlive(run.instanceId, files));
    } else {
      const ending = await this.#spawn(run, files);
      const result = files.result();
      // Why there is no end of the script is in nobody's files.
      if (result.exitCode === undefined && result.standardError === '') return { ...result, standardError: ending };
      return result;
    }
    return files.result();
  }

  /** Spawns the runner, detached, and waits until it has ended; answers how. */
  #spawn(run: Run, files: RunFiles): Promise<string> {
    const isolated = this.isolation !== 'none';
    const inside = isolated ? join(RUNS.inside, run.name) : files.folder;
    const standIns = isolated ? STAND_INS_INSIDE : this.#options.standIns;
    const place = isolated ? {} : { FLEET_NODE: join(this.#folder(run.instanceId), 'root') };
    const [program, ...args] = [
      ...this.#entry(run.instanceId),
      'bash', '-c', RUNNER, 'runner', inside, run.workingDirectory ?? '/',
    ];
    const child = spawn(program, args, {
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: { PATH: `${standIns}/bin:${SYSTEM_PATH}`, HOME: '/root', LANG: 'C.UTF-8', ...place, ...run.environment },
    });
    if (child.pid !== undefined) {
      this.#spawned.add(files.folder);
      files.recordProcess(recordProcess(child.pid));
    }
    return new Promise((resolve, reject) => {
      child.once('exit', (code, signal) => resolve(`the runner ended with ${signal ?? code ?? 'nothing'}`));
      child.once('error', reject);
    });
  }

  /** The command prefix that enters an instance. */
  #entry(instanceId: string): string[] {
    if (this.isolation === 'none') {
      return [];
    }
    const holder = this.#holder(instanceId);
    if (holder === undefined) {
      throw new Error(`Instance ${instanceId} does not run`);
    }
    const capabilities = WITHHELD.map((name) => `-${name}`).join(',');
    return [
      '/usr/bin/nsenter', '-t', String(holder.pid), '-m', '-p', '-u', '-i', ...(this.#hosts === undefined ? [] : ['-n']), '--',
      'setpriv', `--bounding-set=${capabilities}`, '--',
    ];
  }

  #isAlive(instanceId: string, files: RunFiles): boolean {
    const record = files.process();
    return record === undefined ? this.#holder(instanceId) !== undefined : isRunning(record);
  }

  /** Without namespaces an instance's processes are those that its runs and units have written down. */
  #killUnisolated(instanceId: string): void {
    const node = join(this.#folder(instanceId), 'root', 'run', 'fleet');
    for (const name of foldersIn(join(this.#folder(instanceId), RUNS.host))) this.#killRun(this.#files(instanceId, name));
    for (const kind of ['units', 'containers']) {
      for (const name of foldersIn(join(node, kind))) {
        const record = mainProcessOf(join(node, kind, name));
        if (record !== undefined) kill(record, 'group');
      }
    }
  }

  #killRun(files: RunFiles): void {
    const record = files.process();
    if (record !== undefined) kill(record, this.#spawned.has(files.folder) ? 'own group' : 'group');
  }

  #holder(instanceId: string): ProcessRecord | undefined {
    return holderOf(this.#folder(instanceId));
  }

  #files(instanceId: string, name: string): RunFiles {
    return new RunFiles(join(this.#folder(instanceId), RUNS.host, name));
  }

  #folder(instanceId: string): string {
    return join(this.#options.directory, instanceId);
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
