import { InternalError } from '../errors/orchestrator-error.ts';
import type { InstanceId } from '../job/ids.ts';
import type { Node } from '../job/job.ts';
import type { AttemptOfProvider, CapacityPlan, CapacityProvider, Interrupted, Unheard } from '../ports/capacity-provider.ts';
import type { AcquireResult, GangRequest, ImpairedInstance, ProviderInstance, ReleaseResult } from './gang.ts';

/** The provider of manifests and jobs that name none. */
export const DEFAULT_PROVIDER = 'aws';

/** The provider of rehearsals. Nobody is to be woken for what is refused there, and nothing is measured by it. */
export const SIMULATED_PROVIDER = 'simulated';

/** A cloud as it is registered: by the name that `placement.provider` uses. */
export interface RegisteredProvider {
  readonly name: string;
  readonly capacity: CapacityProvider;
  /** Whether an id is of this cloud's making. Ids of two providers never look alike. */
  readonly owns: (instanceId: InstanceId) => boolean;
  /** `false`: nothing more is launched there. What was launched before is still looked after. Absent: `true`. */
  readonly offered?: boolean;
}

/**
 * All clouds of a deployment as one. What concerns one attempt goes to the provider that its job names; what concerns
 * instances, to the provider whose ids they are; only `describeAll` and `impaired` ask everybody. With one provider registered each
 * call is one call to it.
 */
export class ProviderRegistry implements CapacityProvider {
  readonly #providers: readonly RegisteredProvider[];

  constructor(providers: readonly RegisteredProvider[]) {
    this.#providers = providers;
  }

  async plan(request: GangRequest, heldSeconds: number): Promise<CapacityPlan> {
    return this.#of(request).plan(request, heldSeconds);
  }

  async acquire(request: GangRequest, interrupted: Interrupted): Promise<AcquireResult> {
    const { capacity, offered } = this.#registered(request);
    return offered === false ? notOffered(request) : capacity.acquire(request, interrupted);
  }

  async replace(request: GangRequest, nodes: readonly Node[], interrupted: Interrupted): Promise<AcquireResult> {
    const { capacity, offered } = this.#registered(request);
    return offered === false ? notOffered(request) : capacity.replace(request, nodes, interrupted);
  }

  async release(attempt: AttemptOfProvider): Promise<ReleaseResult> {
    return this.#of(attempt).release(attempt);
  }

  async describe(attempt: AttemptOfProvider): Promise<readonly ProviderInstance[]> {
    return this.#of(attempt).describe(attempt);
  }

  async terminate(instances: readonly InstanceId[]): Promise<void> {
    await Promise.all(
      this.#providers.map(async ({ capacity, owns }) => {
        const own = instances.filter((id) => owns(id));
        if (own.length > 0) await capacity.terminate(own);
      }),
    );
  }

  /** With `unheard` a provider that fails is told there, and hides the machines of no other. */
  async describeAll(unheard?: Unheard): Promise<readonly ProviderInstance[]> {
    return askAll(this.#providers, async ({ name, capacity }) => {
      const instances = await capacity.describeAll();
      return name === DEFAULT_PROVIDER ? instances : instances.map((instance) => ({ ...instance, provider: name }));
    }, unheard);
  }

  /** As `describeAll`; asks those alone whose ids are named, where some are. */
  async impaired(among?: readonly InstanceId[], unheard?: Unheard): Promise<readonly ImpairedInstance[]> {
    return askAll(this.#providers, async ({ capacity, owns }) => {
      const own = among?.filter((id) => owns(id));
      return own?.length === 0 ? [] : capacity.impaired(own);
    }, unheard);
  }

  async find(instanceId: InstanceId): Promise<ProviderInstance | undefined> {
    return this.#providers.find(({ owns }) => owns(instanceId))?.capacity.find(instanceId);
  }

  #of(named: Named): CapacityProvider {
    return this.#registered(named).capacity;
  }

  /** @throws InternalError for a provider that is registered no more: whether anything of the attempt is left nobody can say then. */
  #registered({ provider = DEFAULT_PROVIDER }: Named): RegisteredProvider {
    const found = this.#providers.find(({ name }) => name === provider);
    if (found === undefined) throw new InternalError(`This deployment has no provider ${provider} any more.`, { provider });
    return found;
  }
}

async function askAll<T>(providers: readonly RegisteredProvider[], ask: (provider: RegisteredProvider) => Promise<readonly T[]>, unheard?: Unheard): Promise<readonly T[]> {
  const answers = await Promise.allSettled(providers.map((provider) => ask(provider)));
  return answers.flatMap((answer, index) => {
    if (answer.status === 'fulfilled') return answer.value;
    if (unheard === undefined) throw answer.reason;
    unheard(providers[index]?.name ?? '', answer.reason);
    return [];
  });
}

interface Named {
  readonly provider?: string;
}

/** Jobs that were accepted before their provider was withdrawn: waiting would not bring it back. */
function notOffered({ provider = DEFAULT_PROVIDER }: Named): AcquireResult {
  return { kind: 'rejected', code: 'ProviderNotOffered', message: `this deployment has no machines of provider ${provider} any more` };
}
