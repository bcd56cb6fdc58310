import type { Instance } from '../model.ts';

/** What happens to the machine behind an instance as its state changes. */
export interface Machine {
  /** The instance runs: answers when it is up; its user data may go on. Called again after a restart; does each thing once. */
  boot(instance: Instance): Promise<void>;
  /** The agent has registered. */
  registered(instance: Instance): void;
  /** Every process ends now. */
  kill(instance: Instance): Promise<void>;
  /** Nothing of it is left. */
  destroy(instance: Instance): Promise<void>;
}

/** Waits for nothing of a machine. What goes wrong with it is said, and ends nobody else. */
export function goOnWithout(instance: Instance, done: Promise<void>): void {
  done.catch((error: unknown) => console.error(`Instance ${instance.id}, which is ${instance.state}:`, error));
}
