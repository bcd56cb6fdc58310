import { randomUUID } from 'node:crypto';

import type { FleetContext } from '../context.ts';
import { ec2Action } from '../ec2/actions.ts';
import { namedValues } from '../ec2/fleet-request.ts';
import { withoutHeldAddresses } from '../ec2/subnet-addresses.ts';
import { TokenBucket } from '../market/token-bucket.ts';
import { PRICING_ACTIONS } from '../pricing/pricing.ts';
import { QUOTA_ACTIONS } from '../pricing/service-quotas.ts';
import { parseQuery, text, texts } from '../protocol/query.ts';
import { ConnectionLost, ServiceError } from '../protocol/service-error.ts';
import { writeAnswer, writeError } from '../protocol/xml.ts';
import { SSM_ACTIONS } from '../ssm/actions.ts';
import type { JsonAction } from '../ssm/actions.ts';
import type { Answer } from './answer.ts';
import type { Authorizer } from './authorizer.ts';
import { signingScope } from './caller.ts';
import type { IncomingRequest } from './caller.ts';

/** The services that speak JSON, by the prefix of their targets. */
const JSON_SERVICES: Readonly<Record<string, Readonly<Record<string, JsonAction>>>> = {
  AmazonSSM: SSM_ACTIONS,
  AWSPriceListService: PRICING_ACTIONS,
  ServiceQuotasV20190624: QUOTA_ACTIONS,
};

/** Answers the simulated actions of the AWS services, with their throttles and faults. */
export class Services {
  readonly #context: FleetContext;
  readonly #authorizer: Authorizer;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(context: FleetContext, authorizer: Authorizer) {
    this.#context = context;
    this.#authorizer = authorizer;
  }

  /** The answer of a simulated action; undefined where the rest of the cloud serves it. Throws ConnectionLost. */
  async answer(request: IncomingRequest): Promise<Answer | undefined> {
    const [service = '', name = ''] = (request.headers['x-amz-target'] ?? '').split('.');
    const jsonAction = JSON_SERVICES[service]?.[name];
    if (jsonAction !== undefined) {
      return this.#answerJson(jsonAction, name, request);
    }
    return signingScope(request.headers)?.service === 'ec2' ? this.#answerEc2(request) : undefined;
  }

  /** What the rest of the cloud answered, with what the fleet knows better. */
  correct(request: IncomingRequest, answer: Answer): Answer {
    const isSubnets = signingScope(request.headers)?.service === 'ec2' && /(^|&)Action=DescribeSubnets(&|$)/.test(request.body.toString('utf8'));
    if (!isSubnets || answer.status !== 200) {
      return answer;
    }
    const { 'content-length': _length, ...headers } = answer.headers;
    return { ...answer, headers, body: withoutHeldAddresses(answer.body.toString(), this.#context.instances.values()) };
  }

  async #answerEc2(request: IncomingRequest): Promise<Answer | undefined> {
    const params = parseQuery(request.body.toString('utf8') || request.query);
    const name = text(params, 'Action') ?? '';
    const action = ec2Action(name, params, this.#context);
    if (action === undefined) {
      return undefined;
    }
    const requestId = randomUUID();
    const headers = { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId };
    try {
      const values = [...namedValues(params), ...this.#tagValuesOf(texts(params, 'InstanceId'))];
      await this.#strikeFaults(name, values, new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503));
      this.#throttle(name);
      const content = await action(params, this.#authorizer.identify(request), this.#context);
      return { status: 200, headers, body: writeAnswer(name, requestId, content) };
    } catch (error) {
      const { code, message, status } = toServiceError(error);
      return { status, headers, body: writeError(code, message, requestId) };
    }
  }

  async #answerJson(action: JsonAction, name: string, request: IncomingRequest): Promise<Answer> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
    try {
      const input: unknown = JSON.parse(request.body.toString('utf8') || '{}');
      await this.#strikeFaults(name, textsWithin(input), new ServiceError('ThrottlingException', 'Rate exceeded', 400));
      const output = await action(input, this.#authorizer.identify(request), this.#context);
      return { status: 200, headers, body: JSON.stringify(output) };
    } catch (error) {
      const { code, message, status } = toServiceError(error);
      return {
        status,
        headers: { ...headers, 'x-amzn-errortype': code },
        body: JSON.stringify({ __type: code, message, Message: message }),
      };
    }
  }

  /** Throws `throttled` or the fault's own error, or waits, as the faults that stand say. */
  async #strikeFaults(action: string, tagValues: readonly string[], throttled: ServiceError): Promise<void> {
    const target = { action, tagValues };
    const slow = this.#context.faults.strike('slowAnswer', target);
    if (slow !== undefined) {
      await new Promise((resolve) => setTimeout(resolve, slow.milliseconds));
    }
    if (this.#context.faults.strike('throttle', target) !== undefined) {
      throw throttled;
    }
    const failure = this.#context.faults.strike('fail', target);
    if (failure !== undefined) {
      throw new ServiceError(failure.code, failure.message, failure.status);
    }
  }

  #throttle(action: string): void {
    const limit = this.#context.market.scenario.throttles[action];
    if (limit === undefined) {
      return;
    }
    const now = this.#context.clock.nowMs();
    const key = `${action}/${limit.bucket}/${limit.refillPerSecond}`;
    const bucket = this.#buckets.get(key) ?? new TokenBucket(limit, now);
    this.#buckets.set(key, bucket);
    if (!bucket.take(1, now)) {
      throw new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    }
  }

  #tagValuesOf(instanceIds: readonly string[]): string[] {
    return instanceIds.flatMap((id) => Object.values(this.#context.instances.get(id)?.tags ?? {}));
  }
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ConnectionLost) {
    throw error;
  }
  if (error instanceof ServiceError) {
    return error;
  }
  if (error instanceof SyntaxError) {
    return new ServiceError('SerializationException', error.message);
  }
  console.error('The fleet simulator failed:', error);
  return new ServiceError('InternalError', 'An internal error has occurred', 500);
}

/** Every text in a JSON value: what the faults of one job recognise its requests by. */
function textsWithin(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsWithin) : [];
}
