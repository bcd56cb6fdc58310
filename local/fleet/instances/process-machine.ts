import type { MetadataService } from '../http/imds.ts';
import { hostName, privateDnsName } from '../ec2/describe-instances.ts';
import { heldAddresses } from '../ec2/subnet-addresses.ts';
import { settleAll } from '../../settle-all.ts';
import type { Instance } from '../model.ts';
import type { Collection } from '../store.ts';
import type { InstanceDriver } from './driver.ts';
import type { Machine } from './machine.ts';

interface MachineParts {
  readonly driver: InstanceDriver;
  readonly metadata: MetadataService;
  readonly instances: Collection<Instance>;
  readonly environmentOf: (instance: Instance) => Readonly<Record<string, string>>;
  /** The instance's agent is there, or gone. */
  readonly onAgentChange: (instanceId: string) => void;
  /** The machine could not be made: its host failed. */
  readonly onFailure: (instanceId: string) => void;
}

interface UserDataRun {
  readonly environment: Readonly<Record<string, string>>;
  /** The agent may register. */
  readonly isUp: () => void;
}

/** Machines out of processes, each with a metadata service of its own. */
export class ProcessMachine implements Machine {
  readonly #parts: MachineParts;
  readonly #booting = new Set<Promise<void>>();

  constructor(parts: MachineParts) {
    this.#parts = parts;
  }

  boot(instance: Instance): Promise<void> {
    const { promise: isUp, resolve } = Promise.withResolvers<void>();
    const booting = this.#boot(instance, resolve).finally(() => {
      this.#booting.delete(booting);
      resolve();
    });
    this.#booting.add(booting);
    return isUp;
  }

  /** Ends every process, of machines that are booting too. @throws at the end, where some cannot be ended. */
  async killAll(): Promise<void> {
    const ids = this.#parts.instances.values().map(({ id }) => id);
    const killEach = (): Promise<void> => settleAll('instances could not be ended', ids.map((id) => this.#parts.driver.kill(id)));
    // What was booting has a first process only when its boot is over; what was refused is tried again.
    await Promise.allSettled([killEach(), ...this.#booting]);
    await killEach();
  }

  async #boot(instance: Instance, isUp: () => void): Promise<void> {
    try {
      const imdsPort = await this.#parts.metadata.open(instance);
      this.#update(instance.id, { imdsPort });
      const started = this.#parts.instances.get(instance.id) ?? instance;
      const environment = this.#parts.environmentOf(started);
      await this.#parts.driver.start({
        instanceId: instance.id,
        imageId: instance.imageId,
        hostName: hostName(instance.address),
        dnsName: privateDnsName(instance),
        addresses: heldAddresses(instance),
        environment,
      });
      if (this.#isRunning(instance.id) && instance.userData !== undefined) {
        await this.#runUserData(instance.id, instance.userData, { environment, isUp });
      }
    } catch (error) {
      if (this.#isRunning(instance.id)) {
        console.error(`Instance ${instance.id} (${privateDnsName(instance)}) could not boot:`, error);
        this.#parts.onFailure(instance.id);
      }
    }
  }

  registered(instance: Instance): void {
    this.#parts.onAgentChange(instance.id);
  }

  async kill(instance: Instance): Promise<void> {
    await this.#parts.driver.kill(instance.id);
    this.#parts.onAgentChange(instance.id);
  }

  async destroy(instance: Instance): Promise<void> {
    this.#parts.metadata.close(instance.id);
    await this.#parts.driver.destroy(instance.id);
  }

  /**
   * What cloud-init does with a script; other formats of user data are left alone, with a word about it. The agent is there
   * as soon as the network is, as on EC2: cloud-init has begun by then, and what it runs goes on.
   */
  async #runUserData(instanceId: string, script: string, { environment, isUp }: UserDataRun): Promise<void> {
    const { driver } = this.#parts;
    // Without a root of its own an instance has the cloud-init of this machine, or none.
    const tell = async (name: string, text: string) => (driver.isolation === 'none' ? undefined : driver.run({ instanceId, name, script: text, environment }));
    await tell('cloud-init-begins', '#!/bin/sh\nmkdir -p /run/cloud-init\n');
    isUp();
    if (!script.startsWith('#!')) {
      console.error(`The user data of ${instanceId} is no script (#!), and was not run.`);
    } else {
      const { exitCode, standardError } = await driver.run({ instanceId, name: 'user-data', script, environment });
      // The machine has ended meanwhile.
      if (exitCode === undefined) {
        return;
      }
      if (exitCode !== 0) {
        console.error(`The user data of ${instanceId} ended with ${exitCode}: ${standardError.slice(-2000)}`);
      }
    }
    if (this.#isRunning(instanceId)) {
      await tell('cloud-init-ends', '#!/bin/sh\necho \'{"v1":{"errors":[]}}\' >/run/cloud-init/result.json\n');
    }
  }

  #isRunning(id: string): boolean {
    return this.#parts.instances.get(id)?.state === 'running';
  }

  #update(id: string, change: Partial<Instance>): void {
    const instance = this.#parts.instances.get(id);
    if (instance !== undefined) {
      this.#parts.instances.put(id, { ...instance, ...change });
    }
  }
}
