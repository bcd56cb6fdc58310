/** What the system does to keep an instance's processes from everything outside; `hosts` have their own network too. */
export type Isolation = 'hosts' | 'namespaces' | 'none';

/** A script to run on an instance. */
export interface Run {
  readonly instanceId: string;
  /** Unique on the instance; a run is started once by name. */
  readonly name: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** `/` where not said. */
  readonly workingDirectory?: string | undefined;
}

/** How a run ended. */
export interface RunResult {
  /** The exit code; 128 + signal where a signal ended it; undefined where its process vanished. */
  readonly exitCode: number | undefined;
  readonly standardOutput: string;
  readonly standardError: string;
}

/** An instance to start. */
export interface InstanceBoot {
  readonly instanceId: string;
  /** The AMI; where it names a root, that is what the instance is made of. */
  readonly imageId: string;
  readonly hostName: string;
  /** Its private DNS name. */
  readonly dnsName: string;
  /** Its own first, then those of further network interfaces. */
  readonly addresses: readonly string[];
  /** The environment of every program that the machine itself starts. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What instances are made of. All of it survives the simulator's own end. */
export interface InstanceDriver {
  readonly isolation: Isolation;
  /** The full sentence that a person should read about the isolation. */
  readonly isolationNote: string;
  /** Makes the instance's root and its first process; done once however often it is called. */
  start(boot: InstanceBoot): Promise<void>;
  /** Starts a run, or attaches to it where it was started before, and waits for its end. */
  run(run: Run): Promise<RunResult>;
  /** Ends a run's processes; units that it started go on. */
  stop(instanceId: string, name: string): Promise<void>;
  /** Mounts the folder `source` of one instance on `target` of another. Throws where either is not there. */
  share(from: { instanceId: string; path: string }, to: { instanceId: string; path: string }): Promise<void>;
  /** Takes a folder that `share` mounted away again. Throws where nothing is mounted. */
  unshare(at: { instanceId: string; path: string }): Promise<void>;
  /** A small file of the instance, or undefined where it has none. */
  readFile(instanceId: string, path: string): Promise<string | undefined>;
  /** Ends every process of the instance at once. */
  kill(instanceId: string): Promise<void>;
  /** Ends every process of the instance and removes its files. */
  destroy(instanceId: string): Promise<void>;
}
