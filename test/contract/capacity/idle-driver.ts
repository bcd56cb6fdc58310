import type { InstanceDriver, RunResult } from '../../../local/fleet/instances/driver.ts';

/** Instances that are only numbers: what is tested is how they are had and let go. */
export class IdleDriver implements InstanceDriver {
  readonly isolation = 'none';
  readonly isolationNote = 'instances do not execute';

  async start(): Promise<void> {}

  async run(): Promise<RunResult> {
    return { exitCode: 0, standardOutput: '', standardError: '' };
  }

  async stop(): Promise<void> {}

  async share(): Promise<void> {}

  async unshare(): Promise<void> {}

  async readFile(): Promise<undefined> {
    return undefined;
  }

  async kill(): Promise<void> {}

  async destroy(): Promise<void> {}
}
