import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { logKeys } from './logger.ts';
import { logger, tracer } from './telemetry.ts';
import { asMayLeave } from './thrown.ts';

/**
 * The one middy stack, which every handler of the product stands on: log keys that do not outlive the invocation, a
 * segment in the trace. What `run` throws is thrown on under its own name, without secrets in it.
 */
export function onStack<Event, Result>(
  run: (event: Event, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  return middy<Event, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .handler(async (event, context) => {
      // What a request of the API is known by outside takes its place.
      logKeys({ requestId: context.awsRequestId });
      try {
        return await run(event, context);
      } catch (error) {
        throw asMayLeave(error);
      }
    });
}
