import type { ShareChange } from '@advanced-orchestrator/sdk';
import type { Colours } from '../session.ts';
import { printable } from './printable.ts';

const marks: Readonly<Record<ShareChange['change'], string>> = { added: '+', removed: '-', changed: '~' };

/** What becomes of each node of the share tree, a setting a line. */
export function changeLines(colours: Colours, changes: readonly ShareChange[]): string {
  return changes.map((change) => changeText(colours, change)).join('');
}

function changeText(colours: Colours, { change, place, settings }: ShareChange): string {
  const heading = printable(`${marks[change]} ${placeText(place)}`);
  const lines = change === 'removed' ? [] : settings.map(settingLine);
  return `${colour(colours, change)(heading)}\n${lines.map((line) => `    ${printable(line)}\n`).join('')}`;
}

function settingLine({ setting, before, after }: ShareChange['settings'][number]): string {
  if (before === undefined) return `${setting}: ${String(after)}`;
  return `${setting}: ${String(before)} → ${after === undefined ? 'not set' : String(after)}`;
}

function placeText({ kind, name = '', namespace }: ShareChange['place']): string {
  if (kind === 'deployment') return 'the deployment';
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${name} of namespace ${namespace}`;
}

function colour(colours: Colours, change: ShareChange['change']): (text: string) => string {
  switch (change) {
    case 'added':
      return colours.green;
    case 'removed':
      return colours.red;
    case 'changed':
      return colours.yellow;
  }
}
