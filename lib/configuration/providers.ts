import { z } from 'zod';

const name = z.string().min(1).max(64);

const capacityRule = z.strictObject({
  instanceType: name.optional(),
  zone: name.optional(),
  market: z.enum(['spot', 'on-demand']).optional(),
  machines: z.int().min(0).max(1_000_000),
  code: z.string().regex(/^[A-Za-z.]+$/, 'an error code of EC2').optional(),
}).transform(({ machines, instanceType, zone, market, code }) => ({
  machines, ...(instanceType && { instanceType }), ...(zone && { zone }), ...(market && { market }), ...(code && { code }),
}));

const simulated = z.strictObject({
  capacity: z.array(capacityRule).max(200).default([])
    .describe('How many machines there are: `{ instanceType?, zone?, market?, machines, code? }`. What a rule leaves out it does not look at; '
      + 'of the rules that match, the last one holds; without one there are as many as are asked for. `code` is the error of a launch that wants more.'),
  usdPerHour: z.record(name, z.number().min(0).max(100_000)).default({})
    .describe('Price by instance type; others cost nothing. What jobs are said to have cost is made of it, and nobody pays it.'),
}).describe('Machines that are only records, for rehearsals: `placement.provider: simulated`. They hold `limits` and shares as other jobs do. Left out: no rehearsal begins.');

/** Providers beside AWS. */
export const providersConfiguration = z.strictObject({ simulated: simulated.optional() })
  .transform((providers) => (providers.simulated === undefined ? {} : { simulated: providers.simulated }));
