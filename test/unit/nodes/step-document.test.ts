import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stepDocumentContent } from '../../../lib/nodes/step-document-content.ts';

const folder = join(import.meta.dirname, '../../../nodes');
const text = (file: string): string => readFileSync(join(folder, file), 'utf8');
const withText = (odd: string) => () => stepDocumentContent((file) => (file === 'instance.py' ? odd : text(file)));

describe('the step document', () => {
  const content = stepDocumentContent(text);

  it('has parameters that no shell and no template reads as anything else', () => {
    const { parameters } = content as { parameters: Record<string, { allowedPattern: string }> };
    const takes = (name: string, value: string): boolean => new RegExp(parameters[name]?.allowedPattern ?? '^$').test(value);
    expect(takes('Unit', 'orch-01hjob0000000000000000000a-1-postRun-0')).toBe(true);
    for (const hostile of ["orch-x'; reboot; '", 'orch-$(reboot)', 'orch-{{ StepUrl }}', '', '../x']) expect(takes('Unit', hostile)).toBe(false);
    expect(takes('StepUrl', 'https://b.s3.amazonaws.com/steps/a/1/run-0.json?X-Amz-Signature=0a&X-Amz-Security-Token=a%2Fb%3D')).toBe(true);
    for (const hostile of ["https://x/'; reboot; '", 'https://x/\nreboot', 'file:///etc/passwd', 'https://x/{{Unit}}']) expect(takes('StepUrl', hostile)).toBe(false);
    expect([takes('ExecutionTimeout', '172800'), takes('ExecutionTimeout', '0')]).toEqual([true, false]);
  });

  it('is a script that the shells of all our machine images can read', () => {
    const { mainSteps } = content as { mainSteps: { inputs: { runCommand: string[] } }[] };
    const script = mainSteps[0]?.inputs.runCommand.join('\n') ?? '';
    for (const shell of ['sh', 'bash']) expect(spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('leaves out what is for readers, but for the docstring that is all there is of a class', () => {
    const module = '"""A module."""\n\nclass A:\n    """All of it."""\n\n\nclass B:\n    """Some of it."""\n\n    # Of what.\n    of = "it"\n';
    const { mainSteps } = withText(module)() as { mainSteps: { inputs: { runCommand: string[] } }[] };
    const lines = mainSteps[0]?.inputs.runCommand ?? [];
    const from = lines.findIndex((line) => line.includes('/instance.py'));
    expect(lines.slice(from + 1, lines.indexOf('END_OF_FILE', from))).toEqual(['class A:', ' """All of it."""', 'class B:', ' of = "it"']);
  });

  it('refuses files that SSM or the shell would change', () => {
    expect(withText('x = "{{ Unit }}"')).toThrow('instance.py has text');
    expect(withText('x = 1\nEND_OF_FILE\n')).toThrow('instance.py has text');
    expect(withText('x'.repeat(70_000))).toThrow(/has \d+ bytes/);
  });
});

describe('the user data of nodes', () => {
  it('is within what EC2 takes, and a script that bash can read', () => {
    expect(statSync(join(folder, 'bootstrap.sh')).size).toBeLessThan(16 * 1024);
    expect(spawnSync('bash', ['-n', join(folder, 'bootstrap.sh')]).status).toBe(0);
  });
});
