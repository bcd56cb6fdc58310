import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { InvalidRequestError } from '../../core/errors/orchestrator-error.ts';
import { onStack } from './stack.ts';
import { logFailure } from './telemetry.ts';

/** What is done about an event of EventBridge or about a schedule's tick. */
export interface EventReaction<Event> {
  readonly schema: z.ZodType<Event>;
  run(event: Event, context: Context): Promise<void>;
}

/** A Lambda handler that nobody waits for. */
export type EventHandler = (event: unknown, context: Context) => Promise<void>;

/**
 * Makes a reaction a Lambda handler. Errors are logged and thrown on: Lambda then tries again and in the end keeps
 * the event in the function's dead-letter queue.
 */
export function eventHandler<Event>(reaction: EventReaction<Event>): EventHandler {
  return onStack<unknown, void>(async (event, context) => {
      try {
        await reaction.run(readEvent(reaction.schema, event), context);
      } catch (error) {
        logFailure('Event failed', error);
        throw error;
      }
    });
}

function readEvent<Event>(schema: z.ZodType<Event>, event: unknown): Event {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new InvalidRequestError(`Not the event that this function expects: ${problems.join('; ')}.`, { problems });
}
