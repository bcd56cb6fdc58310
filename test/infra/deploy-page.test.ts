import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sourceRoot, synthesize } from './synthesize.ts';

describe('the page about deploying', () => {
  it('names every output of the stack', () => {
    const [named = ''] = /^Outputs: [\s\S]*?\n\n/m.exec(readFileSync(join(sourceRoot, 'docs/deploy.md'), 'utf8')) ?? [];
    const outputs = Object.keys(synthesize({ resultsBucket: true, storage: ['EFS'] }).template.findOutputs('*'));
    expect(outputs).toContain('ApiId');
    expect(outputs.filter((output) => !named.includes(`\`${output}\``))).toEqual([]);
  });
});
