import { randomUUID } from 'node:crypto';

import type { Cloud, EventRule, EventTarget } from '../cloud/cloud.ts';
import type { Faults, FaultTarget } from '../faults.ts';
import type { FleetEvent } from './event.ts';
import { matchesPattern } from './pattern.ts';

/** An event on its way, for those who watch the simulator. */
export interface Delivery {
  readonly id: string;
  readonly detailType: string;
  readonly detail: FleetEvent['detail'];
  readonly atMs: number;
  /** The targets that took it. */
  readonly deliveredTo: readonly string[];
  readonly failures: readonly string[];
}

const KEPT_DELIVERIES = 500;
const RULES_FRESH_MS = 3000;
const ATTEMPTS = 3;

/**
 * Delivers the fleet's events to the targets of the deployed rules that fit them: the cloud's own bus refuses
 * events of AWS services. Delivery is best effort and unordered, as it is on AWS.
 */
export class EventBus {
  readonly #cloud: Cloud;
  readonly #faults: Faults;
  readonly #deliveries: Delivery[] = [];
  #rules: { readonly rules: Promise<readonly EventRule[]>; readonly atMs: number } | undefined;

  constructor(cloud: Cloud, faults: Faults) {
    this.#cloud = cloud;
    this.#faults = faults;
  }

  /** Sends an event on its way. */
  publish(event: FleetEvent): void {
    void this.#deliver(event);
  }

  /** The latest deliveries, oldest first. */
  deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  async #deliver(event: FleetEvent): Promise<void> {
    const target = { ...event.subject, tagValues: Object.values(event.subject.tags) };
    if (this.#faults.strike('lostEvents', target) !== undefined) {
      return;
    }
    const twice = this.#faults.strike('duplicateEvents', target) !== undefined || this.#answersTwice(event, target);
    const id = randomUUID();
    await this.#deliverOnce(event, id);
    if (twice) {
      await this.#deliverOnce(event, id);
    }
  }

  /** Every event that says that a command has ended; the command's own, which comes last, counts. */
  #answersTwice(event: FleetEvent, target: FaultTarget): boolean {
    if (event.source !== 'aws.ssm' || event.detail['status'] === 'InProgress') {
      return false;
    }
    return event.detailType.startsWith('EC2 Command Status')
      ? this.#faults.strike('commandAnsweredTwice', target) !== undefined
      : this.#faults.stands('commandAnsweredTwice', target);
  }

  async #deliverOnce(event: FleetEvent, id: string): Promise<void> {
    const envelope = {
      version: '0',
      id,
      'detail-type': event.detailType,
      source: event.source,
      account: event.account,
      time: new Date(event.atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: event.region,
      resources: event.resources,
      detail: event.detail,
    };
    const deliveredTo: string[] = [];
    const failures: string[] = [];
    for (const rule of await this.#freshRules(event.atMs, failures)) {
      for (const target of fittingTargets(rule, envelope, failures)) {
        const failure = await this.#send(target, envelope);
        if (failure === undefined) {
          deliveredTo.push(target.arn);
        } else {
          failures.push(failure);
        }
      }
    }
    this.#deliveries.push({ id, detailType: event.detailType, detail: event.detail, atMs: event.atMs, deliveredTo, failures });
    this.#deliveries.splice(0, this.#deliveries.length - KEPT_DELIVERIES);
  }

  async #send(target: EventTarget, envelope: object): Promise<string | undefined> {
    const payload = target.input ?? JSON.stringify(target.inputPath === undefined ? envelope : part(envelope, target.inputPath));
    let failure = '';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        await this.#cloud.invoke(target.arn, payload);
        return undefined;
      } catch (error) {
        failure = `${target.arn}: ${String(error)}`;
      }
    }
    return failure;
  }

  async #freshRules(nowMs: number, failures: string[]): Promise<readonly EventRule[]> {
    if (this.#rules === undefined || nowMs - this.#rules.atMs > RULES_FRESH_MS) {
      this.#rules = { rules: this.#cloud.eventRules(), atMs: nowMs };
    }
    try {
      return await this.#rules.rules;
    } catch (error) {
      this.#rules = undefined;
      failures.push(`The rules could not be read: ${String(error)}`);
      return [];
    }
  }
}

function fittingTargets(rule: EventRule, envelope: object, failures: string[]): readonly EventTarget[] {
  try {
    return matchesPattern(rule.pattern, envelope) ? rule.targets : [];
  } catch (error) {
    failures.push(`Rule ${rule.name}: ${String(error)}`);
    return [];
  }
}

/** The part of the event at a path such as `$.detail`. */
function part(envelope: object, path: string): unknown {
  return path
    .replace(/^\$\.?/, '')
    .split('.')
    .filter((key) => key !== '')
    .reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), envelope);
}
