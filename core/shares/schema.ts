import * as z from 'zod';
import { printableText, wholeNumber } from '../manifest/fields.ts';
import { MAX_PRIORITY } from '../manifest/schema.ts';
import { isRecord, report } from '../manifest/problems.ts';
import { nearest } from '../manifest/suggest.ts';
import { quotaKeys } from './quota-keys.ts';
import { MAX_NAME_LENGTH, checkShares } from './rules.ts';

const MIN_WEIGHT = 0.001;
const MAX_WEIGHT = 100_000;
const MAX_COUNT = 1_000_000_000;
const MAX_USD_PER_HOUR = 1_000_000;
/** Of groups and namespaces: a tree that a person can still read, and an item that the scheduler can read in each cycle. */
const MAX_SHARES = 1000;
const MAX_NAMED_USERS = 1000;
const MAX_LAUNCHES_IN_FLIGHT = 1000;
const MAX_PENDING_JOBS = 1_000_000;
const ONE_HOUR = 1;
const ONE_YEAR_HOURS = 8_760;

const weight = (description: string) => z.number().min(MIN_WEIGHT).max(MAX_WEIGHT).default(1).meta({ description });

const amounts = z.strictObject({
  runningJobs: z.exactOptional(wholeNumber(0, MAX_COUNT)).meta({ description: 'Jobs that hold machines, or look for some.' }),
  nodes: z.exactOptional(wholeNumber(0, MAX_COUNT)).meta({ description: 'Machines.' }),
  vcpus: z.exactOptional(wholeNumber(0, MAX_COUNT)).meta({ description: 'vCPUs of all machines.' }),
  gpus: z.exactOptional(wholeNumber(0, MAX_COUNT)).meta({ description: 'GPUs of all machines.' }),
  usdPerHour: z.exactOptional(z.number().min(0).max(MAX_USD_PER_HOUR)).meta({ description: 'List price of all machines, at the most that they may cost.' }),
});

const limits = (description: string) => amounts.default({}).meta({ description });

const pendingJobs = wholeNumber(1, MAX_PENDING_JOBS).meta({ description: 'Jobs that may wait in its queue; more are refused with 429.' });
const maxPriority = wholeNumber(0, MAX_PRIORITY).meta({ description: 'The highest priority that its jobs may ask for.' });

const user = z
  .strictObject({
    weight: weight('Against the other users of the namespace.'),
    limits: limits('What the user may hold in this namespace.'),
  })
  .meta({ description: 'What a user is given.' });

const users = z
  .record(printableText(MAX_NAME_LENGTH), user)
  .superRefine((named, ctx) => {
    const count = Object.keys(named).length;
    if (count > MAX_NAMED_USERS) report(ctx, { code: 'out-of-range', path: [], message: `must have at most ${MAX_NAMED_USERS} users, not ${count}` });
  }, { when: ({ value }) => isRecord(value) })
  .meta({ description: 'Users by name, as jobs show them; `"*"` stands for those who are not named. Namespaces only.' });

const share = z.strictObject({
  name: printableText(MAX_NAME_LENGTH).meta({ description: 'Distinct in the document. Of a namespace, the namespace’s.' }),
  kind: z.enum(['group', 'namespace']).default('group').meta({
    description: 'A `group` (an organisation, a department) has groups and namespaces under it, a `namespace` its users.',
  }),
  parent: z.exactOptional(printableText(MAX_NAME_LENGTH)).meta({ description: 'The group that it stands under; without it, directly under the deployment.' }),
  weight: weight('Its part of what its parent uses, against its siblings: one of weight 2 is entitled to twice as much as one of weight 1.'),
  limits: limits('What its jobs may hold together. What is not named is not limited.'),
  guarantee: amounts.default({}).meta({ description: 'What is kept for it against its siblings, under the limits above it.' }),
  lend: z.boolean().default(true).meta({
    description: 'Whether siblings may use what is guaranteed and not wanted now. What is lent comes back as their jobs end.',
  }),
  pendingJobs: z.exactOptional(pendingJobs),
  maxPriority: z.exactOptional(maxPriority),
  users: z.exactOptional(users),
});

const quotaKey = z.string().superRefine((key, ctx) => {
  if (quotaKeys.some((known) => known === key)) return;
  const suggestion = nearest(key, quotaKeys);
  report(ctx, {
    code: 'invalid-value', path: [],
    message: `is no quota: it must be family/market, such as ${quotaKeys.slice(0, 2).join(', ')}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
});

const defaultUser = z.strictObject({
  weight: weight('Against the other users of the namespace.'),
  limits: limits('What such a user may hold in each namespace.'),
});

const defaultNamespace = z.strictObject({
  weight: weight('Against what stands directly under the deployment.'),
  limits: limits('What each such namespace may hold.'),
  pendingJobs: pendingJobs.default(100_000),
  maxPriority: maxPriority.default(MAX_PRIORITY),
});

/** What administrators write to say who shares what. */
export const shareDocumentSchema = z
  .strictObject({
    halfLifeHours: z.number().min(ONE_HOUR).max(ONE_YEAR_HOURS).default(168).meta({ description: 'How long it takes until what was used counts half.' }),
    limits: limits('What all jobs of the deployment may hold together.'),
    quotas: z.record(quotaKey, wholeNumber(0, MAX_COUNT)).default({}).meta({
      description: 'Quotas of the AWS account, in vCPUs, by family and market: `"Standard/spot": 4000`. What is not named is not counted.',
    }),
    maxLaunchesInFlight: wholeNumber(1, MAX_LAUNCHES_IN_FLIGHT).default(25).meta({
      description: 'Jobs that may look for machines at once: each makes one launch call at a time, and EC2 refills them slowly.',
    }),
    defaults: z
      .strictObject({
        namespace: defaultNamespace.prefault({}).meta({ description: 'For namespaces that are not among the shares; of those that are, for `pendingJobs` and `maxPriority`.' }),
        user: defaultUser.prefault({}).meta({ description: 'For users whom neither a name nor `"*"` of their namespace stands for.' }),
      })
      .prefault({})
      .meta({ description: 'For whoever is not named.' }),
    shares: z.array(share).max(MAX_SHARES).default([]).meta({ description: 'Groups and namespaces, in any order.' }),
  })
  .superRefine(checkShares, { when: ({ value }) => isRecord(value) });

/** A share document with its defaults written out. */
export type ShareDocument = z.output<typeof shareDocumentSchema>;
export type DocumentShare = ShareDocument['shares'][number];
