import type { Explanation } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';
import { shareTable } from './share-table.ts';
import { properties, table } from './table.ts';
import { count, standing, time } from './words.ts';

/** Where a job is and why, what would change that, and what that is worked out from. */
export function explanationText(colours: Colours, explanation: Explanation): string {
  const { hints, shares, cooling } = explanation;
  const parts = [properties(colours, facts(colours, explanation))];
  if (hints.length > 0) parts.push(`${colours.dim('What would change that')}\n${hints.map((hint) => `  ${printable(hint)}\n`).join('')}`);
  if (shares !== undefined && shares.length > 0) parts.push(shareTable(colours, shares));
  if (cooling !== undefined) {
    const rows = cooling.map(({ scope, code, until, atLeast }) => [scope, code, until === undefined ? 'resumed' : time(until), atLeast === undefined ? '' : `${atLeast} or more`]);
    parts.push(table(colours, ['NOT TRIED', 'CODE', 'UNTIL', 'NODES'], rows));
  }
  return parts.join('\n');
}

function facts(colours: Colours, explanation: Explanation): readonly (readonly [string, string | undefined])[] {
  const { namespace, jobId, state, outcome, code, message, until, givenUpAt, startsBy, place, user } = explanation;
  return [
    ['job', `${namespace}/${jobId}`],
    ['user', printable(user)],
    ['state', standing(colours, { state, ...(outcome === undefined ? {} : { outcome }) })],
    ['why', `${printable(message)} ${colours.dim(`(${code})`)}`],
    ['until', until === undefined ? undefined : time(until)],
    ['given up', givenUpAt === undefined ? undefined : `${time(givenUpAt)}, if it finds no machines before (capacity.timeoutSeconds)`],
    ['starts by', startsBy === undefined ? undefined : `${time(startsBy)}, if all that runs ends in its time and nothing comes before it`],
    ['place', place === undefined ? undefined : placeText(place)],
  ];
}

function placeText({ priority, band, bandRisesAt, ownJobsBefore, isExact }: NonNullable<Explanation['place']>): string {
  const rises = bandRisesAt === undefined ? '' : `, ${band + 1} from ${time(bandRisesAt)} on`;
  const before = ownJobsBefore === 0 ? 'first of its user’s jobs' : `${isExact ? '' : 'at least '}${count(ownJobsBefore, 'job')} of the same user before it`;
  return `${before}; priority ${priority}, band ${band}${rises}`;
}
