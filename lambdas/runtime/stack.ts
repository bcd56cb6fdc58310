import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { logger, metrics, tracer } from './telemetry.ts';

/**
 * The one middy stack, which every handler of the product stands on: log keys that do not outlive the invocation, a
 * segment in the trace, metrics flushed whether it went well or not. What `run` throws is thrown on.
 */
export function onStack<Event, Result>(
  run: (event: Event, context: Context) => Promise<Result>,
): (event: Event, context: Context) => Promise<Result> {
  return middy<Event, Result>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(flushedMetrics)
    .handler((event, context) => run(event, context));
}

/** Powertools' own middleware warns on every invocation that counts nothing. */
const flushedMetrics: MiddlewareObj = { after: flush, onError: flush };

function flush(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}
