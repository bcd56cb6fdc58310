import * as z from 'zod';
import { isoTime } from '../job/ids.ts';
import { parseSharesValue } from '../shares/parse.ts';
import type { ShareChange } from '../shares/diff-shares.ts';
import type { WrittenShares } from '../shares/share-tree.ts';
import { timeField } from './fields.ts';
import { problemEntrySchema } from './manifest-view.ts';
import { placeSchema, viewPlace } from './share-view.ts';

/** The version of shares that nobody has applied. */
export const NO_VERSION = 0;

const sharesVersionField = z.int().min(NO_VERSION).meta({ description: 'From 1; 0 is what a deployment has before anybody applied shares.' });

export const sharesSchema = z
  .object({
    version: sharesVersionField,
    appliedAt: z.exactOptional(timeField),
    appliedBy: z.exactOptional(z.string()),
    comment: z.exactOptional(z.string()),
    document: z.record(z.string(), z.unknown()).meta({ description: 'As it was written: it may be applied as it is.' }),
  })
  .meta({ id: 'Shares', description: 'Who shares what, in a version.' });

const settingValue = z.union([z.string(), z.number(), z.boolean()]);

const shareChangeSchema = z
  .object({
    change: z.enum(['added', 'removed', 'changed']),
    place: placeSchema,
    settings: z.array(
      z.object({
        setting: z.string().meta({ description: 'As documents write it: `limits.nodes`.' }),
        before: z.exactOptional(settingValue).meta({ description: 'Absent: it was not set.' }),
        after: z.exactOptional(settingValue).meta({ description: 'Absent: it is not set any more.' }),
      }),
    ),
  })
  .meta({ id: 'ShareChange', description: 'What becomes of a node of the share tree.' });

export const appliedSharesSchema = z
  .object({
    dryRun: z.boolean(),
    version: sharesVersionField.meta({ description: 'The version in force: the new one, or the one that a dry run compared with.' }),
    changes: z.array(shareChangeSchema).meta({ description: 'Empty: the shares were so already, and have kept their version.' }),
    warnings: z.array(problemEntrySchema),
  })
  .meta({ id: 'AppliedShares', description: 'What a share document changes, or would change.' });

export type SharesView = z.output<typeof sharesSchema>;
type ShareChangeView = z.output<typeof shareChangeSchema>;

export function viewShares({ version, appliedAtMs, appliedBy, comment, document }: WrittenShares): SharesView {
  return { version, appliedAt: isoTime(appliedAtMs), appliedBy, ...(comment === undefined ? {} : { comment }), document: { ...asMapping(document) } };
}

/** What a deployment has before anybody applied shares, with all defaults written out. */
export function viewDefaultShares(): SharesView {
  const parsed = parseSharesValue({});
  if (!parsed.ok) throw new TypeError('every setting has a default');
  return { version: NO_VERSION, document: { ...parsed.value } };
}

export function viewShareChange({ change, place, settings }: ShareChange): ShareChangeView {
  return { change, place: viewPlace(place), settings: [...settings] };
}

/** A document that was applied is a mapping. */
const asMapping = (document: unknown): Readonly<Record<string, unknown>> => z.record(z.string(), z.unknown()).parse(document);
