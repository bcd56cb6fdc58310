import { fleetControl } from '../../../local/fleet-control.ts';
import type { FaultRequest } from '../../../local/fleet/faults.ts';
import type { MarketChange } from '../../../local/fleet/market/scenario.ts';

/** An instance as the simulator's state shows it. */
export interface FleetInstance {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly market: string;
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated';
  readonly registered: boolean;
  readonly launchedAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

interface FleetCall {
  readonly clientToken?: string;
  readonly requested: number;
  readonly answerLost: boolean;
  readonly launched: readonly { readonly type: string; readonly zone: string; readonly market: string; readonly instanceIds: readonly string[] }[];
  readonly tags: Readonly<Record<string, string>>;
}

interface FleetCommand {
  readonly id: string;
  readonly comment: string;
  readonly status: string;
  readonly requestedAt: string;
  readonly invocations: readonly { readonly instanceId: string; readonly status: string }[];
}

export interface FleetState {
  readonly live: number;
  readonly mostAtOnce: { readonly all: number; readonly byTag: Readonly<Record<string, number>> };
  readonly instances: readonly FleetInstance[];
  readonly fleetCalls: readonly FleetCall[];
  readonly commands: readonly FleetCommand[];
}

/** A fault whose defaults may be left out, without its scope. */
type FaultChoice = { readonly kind: FaultRequest['kind'] } & Readonly<Record<string, unknown>>;

/** The fleet simulator, through its control API. */
export class Fleet {
  /** Where clients of EC2 find it. */
  readonly url: string;
  readonly #control: ReturnType<typeof fleetControl>;

  constructor(url: string) {
    this.url = url;
    this.#control = fleetControl(url);
  }

  async state(): Promise<FleetState> {
    return (await this.#control.state()) as FleetState;
  }

  /** Instances of a job that were launched, in all their attempts. */
  async instancesOf(jobId: string): Promise<readonly FleetInstance[]> {
    const { instances } = await this.state();
    return instances.filter(({ tags }) => tags['orchestrator:job'] === jobId);
  }

  /** Instances of a job that have not begun to go. */
  async liveOf(jobId: string): Promise<readonly FleetInstance[]> {
    return (await this.instancesOf(jobId)).filter(isLive);
  }

  async changeMarket(change: Partial<MarketChange>): Promise<void> {
    await this.#control.changeMarket(change);
  }

  /**
   * Makes something go wrong.
   *
   * @param scope a tag's value: a job's id, or a namespace of the test's own, which is known before the job is.
   * @returns what takes this fault back.
   */
  async breaks(scope: string, fault: FaultChoice): Promise<() => Promise<void>> {
    const [added] = (await this.#control.addFault({ ...fault, jobId: scope })) as readonly { readonly id: string }[];
    return async () => {
      await fetch(`${this.url}/_fleet/faults/${added?.id ?? ''}`, { method: 'DELETE' });
    };
  }

  /** Gives one Spot instance of the job the two-minute notice. */
  async interruptOne(jobId: string): Promise<void> {
    await this.#control.interrupt({ jobId, count: 1 });
  }

  /** Gives this Spot instance the two-minute notice. */
  async interrupt(instanceId: string): Promise<void> {
    await this.#control.interrupt({ instanceId });
  }

  /** Takes all faults back. */
  async mends(): Promise<void> {
    await this.#control.clearFaults();
  }
}

function isLive({ state }: FleetInstance): boolean {
  return state === 'pending' || state === 'running';
}
