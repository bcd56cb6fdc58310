import { GangAcquirer } from '../../core/capacity/gang-acquirer.ts';
import type { CapacityPorts } from '../../core/capacity/launcher.ts';
import { InMemoryMachines } from './in-memory-machines.ts';

/** A second cloud: the gang logic of the product over machines in memory. */
export class InMemoryCapacityProvider extends GangAcquirer {
  readonly machines: InMemoryMachines;

  constructor(ports: Omit<CapacityPorts, 'machines'>) {
    const machines = new InMemoryMachines(ports.clock);
    super({ ...ports, machines });
    this.machines = machines;
  }
}
