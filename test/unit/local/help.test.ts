import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { faultKinds } from '../../../local/fleet/faults.ts';
import { partsOfMarket } from '../../../local/fleet/market/scenario.ts';
import { root, textOf } from '../docs/pages.ts';

const helpOf = async (command: string): Promise<string> => (await promisify(execFile)(process.execPath, [`${root}local/main.ts`, command, '--help'])).stdout;

describe.each([['faults', faultKinds], ['market', partsOfMarket]] as const)('the help of %s', (command, names) => {
  it('names all that it takes, and the page that says what each is', async () => {
    const help = await helpOf(command);
    expect(help).toContain(names.join(', '));
    expect(help).toContain('local/fleet/README.md');
  });

  it('leads to a page that has them', () => {
    const page = textOf('local/fleet/README.md');
    expect(names.filter((name) => !page.includes(`\`${name}\``) && !page.includes(`"${name}"`))).toEqual([]);
  });
});
