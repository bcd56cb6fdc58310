import { z } from 'zod';

import { ServiceError } from './service-error.ts';

/** The input of a JSON action by its schema; throws ValidationException with what is wrong. */
export function readInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (!result.success) {
    throw new ServiceError('ValidationException', z.prettifyError(result.error));
  }
  return result.data;
}
