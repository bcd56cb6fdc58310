import { z } from 'zod';

import type { FleetContext } from '../context.ts';
import { parseFaults } from '../faults.ts';
import { SPOT_NOTICES } from '../instances/spot-notices.ts';
import { marketChangeSchema } from '../market/scenario.ts';
import { isLive } from '../model.ts';
import type { Instance } from '../model.ts';
import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { IncomingRequest } from './caller.ts';
import { spotAdvisorData } from '../pricing/spot-advisor.ts';
import { fleetState } from './fleet-state.ts';
import type { SimulatorFacts } from './fleet-state.ts';

const interruptSchema = z.strictObject({
  instanceId: z.string().optional(),
  jobId: z.string().optional(),
  count: z.int().positive().optional(),
  notice: z.enum(SPOT_NOTICES).default('both'),
});

interface ControlParts {
  readonly context: FleetContext;
  readonly facts: SimulatorFacts;
  /** Ends every instance and forgets everything. */
  readonly reset: () => Promise<void>;
}

/**
 * The control API, for people and tests:
 *
 * - `GET /_fleet/state`: isolation, market, instances, commands, fleet calls, faults, event deliveries
 * - `PUT /_fleet/market`: merges a part of a scenario into the market
 * - `POST /_fleet/interrupt` `{ instanceId } | { jobId?, count? }`: gives Spot instances the two-minute notice, the
 *   rebalance recommendation, or both (`notice`)
 * - `GET /_fleet/spot-advisor-data.json`: what the Spot Instance Advisor reads
 * - `POST /_fleet/faults`: adds one fault or a list; answers them with their ids
 * - `DELETE /_fleet/faults[/<id>]`: takes back one or all
 * - `POST /_fleet/reset`: ends every instance and forgets everything
 */
export class Control {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  /** The answer to a request whose path begins with `/_fleet/`. */
  async answer(request: IncomingRequest): Promise<Answer> {
    const [resource = '', id] = request.path.slice('/_fleet/'.length).split('/');
    try {
      return await this.#route(`${request.method} ${resource}`, id, request.body);
    } catch (error) {
      if (error instanceof z.ZodError) {
        return jsonAnswer(400, { message: z.prettifyError(error) });
      }
      if (error instanceof SyntaxError) {
        return jsonAnswer(400, { message: `The body is not JSON: ${error.message}` });
      }
      throw error;
    }
  }

  async #route(route: string, id: string | undefined, body: Buffer): Promise<Answer> {
    const { context, facts } = this.#parts;
    switch (route) {
      case 'GET state':
        return jsonAnswer(200, fleetState(context, facts));
      case 'PUT market':
        return jsonAnswer(200, context.market.change(marketChangeSchema.parse(readJson(body))));
      case 'POST interrupt':
        return jsonAnswer(200, { interrupted: this.#interrupt(interruptSchema.parse(readJson(body))) });
      case 'GET spot-advisor-data.json':
        return jsonAnswer(200, spotAdvisorData(context.market.scenario));
      case 'GET faults':
        return jsonAnswer(200, context.faults.list());
      case 'POST faults': {
        const added = context.faults.add(parseFaults(readJson(body)));
        context.lifecycle.applyFaults();
        return jsonAnswer(200, added);
      }
      case 'DELETE faults':
        context.faults.remove(id);
        context.commands.resume();
        return jsonAnswer(200, context.faults.list());
      case 'POST reset':
        await this.#parts.reset();
        return jsonAnswer(200, {});
      default:
        return jsonAnswer(404, { message: `There is no ${route}; see the header of local/fleet/main.ts` });
    }
  }

  #interrupt(request: z.output<typeof interruptSchema>): string[] {
    const { instances, lifecycle } = this.#parts.context;
    const fits = (instance: Instance) =>
      (request.instanceId === undefined || instance.id === request.instanceId) &&
      (request.jobId === undefined || Object.values(instance.tags).includes(request.jobId));
    const interrupted: string[] = [];
    for (const instance of instances.values()) {
      const enough = interrupted.length >= (request.count ?? Number.POSITIVE_INFINITY);
      if (!enough && isLive(instance) && fits(instance) && lifecycle.interrupt(instance.id, request.notice)) {
        interrupted.push(instance.id);
      }
    }
    return interrupted;
  }
}

function readJson(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8') || '{}');
}
