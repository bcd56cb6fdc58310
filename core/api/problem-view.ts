import * as z from 'zod';
import { problemEntrySchema } from './manifest-view.ts';

/** An RFC 9457 problem document. */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Stable: `urn:orchestrator:problem:invalid-manifest` and such.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'Names this very request.' }),
    requestId: z.string(),
    errors: z.exactOptional(z.array(problemEntrySchema)).meta({ description: 'Each single thing that is wrong.' }),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' });

export type Problem = z.output<typeof problemSchema>;
