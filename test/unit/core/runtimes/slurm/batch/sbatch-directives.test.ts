import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { sbatchDirectives } from '../../../../../../core/runtimes/slurm/batch/sbatch-directives.ts';

const optionsOf = (script: string): readonly unknown[] => sbatchDirectives(script).options.map(({ line, option, value }) => (value === undefined ? [line, option] : [line, option, value]));
const faultsOf = (script: string): readonly unknown[] => sbatchDirectives(script).faults;

describe('sbatchDirectives', () => {
  it.each([
    ['--nodes=4', ['nodes', '4']],
    ['--nodes 4', ['nodes', '4']],
    ['-N4', ['nodes', '4']],
    ['-N 4', ['nodes', '4']],
    ['--part=gpu', ['partition', 'gpu']],
    ['--tasks-per-node=2', ['ntasks-per-node', '2']],
    ['--exclusive', ['exclusive']],
    ['--exclusive=user', ['exclusive', 'user']],
    ['-k', ['no-kill']],
    ['-koff', ['no-kill', 'off']],
    ['--job-name="two words"', ['job-name', 'two words']],
    [`--comment='it is # no comment'`, ['comment', 'it is # no comment']],
    [String.raw`--comment="a\ \"b\\"\#`, ['comment', String.raw`a "b\#`]],
    [String.raw`--comment=a\#b`, ['comment', 'a#b']],
    [String.raw`--comment=a\ -N2`, ['comment', 'a -N2']],
    ['--comment=a "" -N2', ['comment', 'a']],
    ['--comment=a=b', ['comment', 'a=b']],
    ['--mem=4G # enough', ['mem', '4G']],
    ['\t-J\tname', ['job-name', 'name']],
  ])('reads %s', (text, ...found) => {
    expect(optionsOf(`#!/bin/bash\n#SBATCH ${text}\nsrun hostname\n`)).toEqual(found.map((each) => [2, ...each]));
  });

  it('reads several on a line, and letters together', () => {
    expect(optionsOf('#SBATCH -N 2 --exclusive -n8\n#SBATCH -OHk')).toEqual([[1, 'nodes', '2'], [1, 'exclusive'], [1, 'ntasks', '8'], [2, 'overcommit'], [2, 'hold'], [2, 'no-kill']]);
  });

  it('ends at the first line that is neither blank nor a comment', () => {
    expect(optionsOf('#!/bin/sh\n\n  # words\n#SBATCH -N1\n## SBATCH -N2\n # SBATCH -N3\necho\n#SBATCH -N4')).toEqual([[4, 'nodes', '1']]);
  });

  it('takes a value from the next line, as getopt does, and tells the line of the option', () => {
    expect(optionsOf('#SBATCH -N\n#SBATCH 4')).toEqual([[1, 'nodes', '4']]);
  });

  it('tells how an option is written', () => {
    expect(sbatchDirectives('#SBATCH -N 4 --mem=1').options.map(({ written }) => written)).toEqual(['-N 4', '--mem=1']);
  });

  it('passes over options that nobody knows, and over what may be their values', () => {
    expect(sbatchDirectives('#SBATCH --tomorrow=1 -N1')).toMatchObject({ options: [{ option: 'nodes' }], faults: [] });
    expect(sbatchDirectives('#SBATCH --tomorrow soon -N1\n#SBATCH -n2')).toMatchObject({ options: [{ option: 'ntasks' }], faults: [] });
    expect(sbatchDirectives('#SBATCH -N1 -Y soon\n#SBATCH -n2')).toMatchObject({ options: [{ option: 'nodes' }, { option: 'ntasks' }], faults: [] });
  });

  it('ends at two hyphens', () => {
    expect(sbatchDirectives('#SBATCH -N1 --\necho')).toMatchObject({ options: [{ option: 'nodes' }], faults: [] });
  });

  it.each([
    ['#SBATCH --comment="open', { line: 1, message: 'a " has no other that closes it' }],
    ['#SBATCH -N1 :4', { line: 1, message: 'no word may begin with a colon' }],
    ['#SBATCH -N', { line: 1, message: '-N needs a value' }],
    ['#SBATCH -N1 --\n#SBATCH -n4', { line: 2, message: '-n4 stands behind -- and is no option of sbatch' }],
    ['#SBATCH four nodes', { line: 1, message: 'four is no option of sbatch' }],
    ['#SBATCH -N1\n#SBATCH hetjob\n#SBATCH -N2', { line: 2, message: expect.stringContaining('several components') }],
  ])('tells what sbatch would not read: %s', (script, fault) => {
    expect(faultsOf(script)).toEqual([fault]);
  });

  it('reads any text', () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.constantFrom('#SBATCH', '-N', '--', '"', "'", '\\', '#', ' ', '-kN', '--exclusive=', '=', '\n', '4')), (text, parts) => {
      const { options, faults } = sbatchDirectives(`#SBATCH ${text}\n${parts.join('')}`);
      expect([...options, ...faults].every(({ line }) => line >= 1)).toBe(true);
    }));
  });

  it('reads back what is written in any of its forms', () => {
    const aValue = fc.stringMatching(/^[a-z0-9][a-z0-9 "'#\\=]{0,8}$/);
    const quote = (value: string): string => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('--comment=', '--comment ', '-J', '-J ', '--job-name='), aValue)), (all) => {
      const script = all.map(([form, value]) => `#SBATCH ${form}${quote(value)}`).join('\n');
      expect(optionsOf(script)).toEqual(all.map(([form, value], index) => [index + 1, form.startsWith('--c') ? 'comment' : 'job-name', value]));
    }));
  });
});
