import { randomUUID } from 'node:crypto';

import { z } from 'zod';

import type { FleetClock } from './clock.ts';
import type { Collection } from './store.ts';
import type { Tags } from './model.ts';

const scopeFields = {
  /** Only instances or requests with a tag of this value: a job's id. */
  jobId: z.string().optional(),
  instanceId: z.string().optional(),
  /** How many times it strikes; for ever if not said. */
  count: z.int().positive().optional(),
  /** How many times it lets pass first. */
  skip: z.int().nonnegative().optional(),
};

const faultSchema = z.discriminatedUnion('kind', [
  /** The call is refused as AWS does to callers that are too fast. */
  z.strictObject({ kind: z.literal('throttle'), action: z.string(), ...scopeFields }),
  /** The call is refused with a given error. */
  z.strictObject({
    kind: z.literal('fail'),
    action: z.string(),
    code: z.string(),
    message: z.string().default('Injected'),
    status: z.int().min(400).max(599).default(400),
    ...scopeFields,
  }),
  /** The call is answered after this long, in wall milliseconds. */
  z.strictObject({ kind: z.literal('slowAnswer'), action: z.string(), milliseconds: z.int().positive(), ...scopeFields }),
  /** CreateFleet launches, but its caller sees a broken connection or an HTTP 500. */
  z.strictObject({ kind: z.literal('launchThenFail'), how: z.enum(['drop', 'error']).default('drop'), ...scopeFields }),
  /** A CreateFleet that is repeated under its client token names the fleet and not what it launched. */
  z.strictObject({ kind: z.literal('terseRepeat'), ...scopeFields }),
  /** The node runs, but its agent never registers. */
  z.strictObject({ kind: z.literal('neverRegister'), ...scopeFields }),
  /** The boot takes this many fleet seconds longer. */
  z.strictObject({ kind: z.literal('slowBoot'), seconds: z.number().positive(), ...scopeFields }),
  /** The agent is registered but its connection is lost: nothing is delivered while the fault stands. */
  z.strictObject({ kind: z.literal('agentOffline'), ...scopeFields }),
  /** The instance runs on and is not reached, by its status check, or its host's, or by SSM: for so many fleet seconds when the fault is added. */
  z.strictObject({ kind: z.literal('instanceHangs'), check: z.enum(['instance', 'system']).optional(), forSeconds: z.number().nonnegative().default(0), ...scopeFields }),
  /** The command runs on the instance, and its result is never heard of. */
  z.strictObject({ kind: z.literal('commandNeverAnswers'), ...scopeFields }),
  /** The events that say that a command has ended come twice. */
  z.strictObject({ kind: z.literal('commandAnsweredTwice'), ...scopeFields }),
  /** Events are delivered twice, as EventBridge may. */
  z.strictObject({ kind: z.literal('duplicateEvents'), ...scopeFields }),
  /** Events get lost, as best effort allows. */
  z.strictObject({ kind: z.literal('lostEvents'), ...scopeFields }),
  /** TerminateInstances is answered as ever, and the instance runs on for this many fleet seconds. */
  z.strictObject({ kind: z.literal('terminateIgnored'), seconds: z.number().positive(), ...scopeFields }),
  /** The instance's host fails. */
  z.strictObject({ kind: z.literal('instanceDies'), afterSeconds: z.number().nonnegative().default(0), ...scopeFields }),
]);

/** Every kind of fault. */
export const faultKinds: readonly string[] = faultSchema.options.map(({ shape }) => shape.kind.value);

/** Reads what `POST /_fleet/faults` takes, one fault or several; throws a ZodError. */
export function parseFaults(value: unknown): FaultRequest[] {
  return z.array(faultSchema).parse(Array.isArray(value) ? value : [value]);
}

/** Something that goes wrong, when, and for whom. */
export type FaultRequest = z.output<typeof faultSchema>;
export type FaultKind = FaultRequest['kind'];
/** A fault whose defaults may be left out, without its scope. */
export type FaultChoice = { readonly kind: FaultKind } & Readonly<Record<string, unknown>>;
/** A fault that stands, with how often it still strikes. */
export type Fault = FaultRequest & { readonly id: string; readonly addedAtMs: number };
type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** What a fault may be scoped to. */
export interface FaultTarget {
  readonly action?: string;
  readonly instanceId?: string;
  /** The tag values of the instance, or those that the request names. */
  readonly tagValues: readonly string[];
}

/** The target that an instance is. */
export function instanceTarget(instance: { readonly id: string; readonly tags: Tags }): FaultTarget {
  return { instanceId: instance.id, tagValues: Object.values(instance.tags) };
}

/** Whether SSM does not reach an instance that runs. */
export function isCutOff(faults: Faults, instance: { readonly id: string; readonly tags: Tags }): boolean {
  const target = instanceTarget(instance);
  return faults.stands('agentOffline', target) || faults.stands('instanceHangs', target);
}

/** The faults that stand. */
export class Faults {
  readonly #faults: Collection<Fault>;
  readonly #clock: FleetClock;

  constructor(faults: Collection<Fault>, clock: FleetClock) {
    this.#faults = faults;
    this.#clock = clock;
  }

  add(requests: readonly FaultRequest[]): Fault[] {
    return requests.map((request) => {
      const fault: Fault = { ...request, id: randomUUID(), addedAtMs: this.#clock.nowMs() };
      this.#faults.put(fault.id, fault);
      return fault;
    });
  }

  list(): Fault[] {
    return this.#faults.values();
  }

  /** Takes back the fault `id`, or all. */
  remove(id?: string): void {
    for (const fault of this.#faults.values()) {
      if (id === undefined || fault.id === id) {
        this.#faults.delete(fault.id);
      }
    }
  }

  /** The first fault of `kind` that strikes `target`, counted; undefined where none does. */
  strike<K extends FaultKind>(kind: K, target: FaultTarget): FaultOf<K> | undefined {
    for (const fault of this.#faults.values()) {
      if (isKind(fault, kind) && aimsAt(fault, target) && this.#count(fault)) {
        return fault;
      }
    }
    return undefined;
  }

  /** Whether a fault of `kind` stands against `target`, without counting it. */
  stands(kind: FaultKind, target: FaultTarget): boolean {
    return this.standing(kind, target) !== undefined;
  }

  /** The first fault of `kind` that stands against `target`, not counted. */
  standing<K extends FaultKind>(kind: K, target: FaultTarget): FaultOf<K> | undefined {
    return this.#faults.values().find((fault): fault is FaultOf<K> => isKind(fault, kind) && aimsAt(fault, target));
  }

  /** Counts one strike; false where the fault lets this one pass. */
  #count(fault: Fault): boolean {
    if (fault.skip !== undefined && fault.skip > 0) {
      this.#faults.put(fault.id, { ...fault, skip: fault.skip - 1 });
      return false;
    }
    if (fault.count === 1) {
      this.#faults.delete(fault.id);
    } else if (fault.count !== undefined) {
      this.#faults.put(fault.id, { ...fault, count: fault.count - 1 });
    }
    return true;
  }
}

function isKind<K extends FaultKind>(fault: Fault, kind: K): fault is FaultOf<K> {
  return fault.kind === kind;
}

function aimsAt(fault: Fault, target: FaultTarget): boolean {
  return (
    (!('action' in fault) || fault.action === target.action) &&
    (fault.instanceId === undefined || fault.instanceId === target.instanceId) &&
    (fault.jobId === undefined || target.tagValues.includes(fault.jobId))
  );
}
