import * as z from 'zod';
import { catalogueName } from '../manifest/fields.ts';
import { namespaceField, operatorReason, timeField } from './fields.ts';

const marketField = z.enum(['spot', 'on-demand', 'reserved']);

const scopeField = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('queue') }),
    z.strictObject({ kind: z.literal('namespace'), namespace: namespaceField }),
    z.strictObject({ kind: z.literal('market'), market: marketField }),
    z.strictObject({ kind: z.literal('offering'), instanceType: catalogueName(), zone: catalogueName(), market: marketField }),
  ])
  .meta({ description: 'What is held back: the whole queue, a namespace, a market, or an instance type in a zone on a market.' });

/** What is held back or goes on, and why. */
export const pauseRequestSchema = z
  .strictObject({ scope: scopeField, reason: operatorReason })
  .meta({ id: 'PauseRequest', description: 'What to hold back, or what goes on, and why.' });

/** A pause, in answers. */
export const pauseInForceSchema = z
  .object({ scope: z.string(), by: z.string(), reason: z.string(), at: timeField })
  .meta({ id: 'PauseInForce', description: 'What an operator holds back.' });

export const resumedSchema = z
  .object({ scope: z.string(), resumed: z.boolean().meta({ description: 'Whether it was paused.' }) })
  .meta({ id: 'Resumed', description: 'What goes on.' });
