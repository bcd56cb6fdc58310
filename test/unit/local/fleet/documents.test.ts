import {
  CreateDocumentCommand,
  DeleteDocumentCommand,
  DescribeDocumentCommand,
  GetDocumentCommand,
  UpdateDocumentCommand,
  UpdateDocumentDefaultVersionCommand,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { compileSteps, parseDocument } from '../../../../local/fleet/ssm/document-content.ts';
import { TestFleet } from './test-fleet.ts';

function content(parameters: object, runCommand: string[] | string, inputs: object = {}): string {
  return JSON.stringify({
    schemaVersion: '2.2',
    parameters,
    mainSteps: [{ action: 'aws:runShellScript', name: 'step', inputs: { runCommand, ...inputs } }],
  });
}

const compile = (parameters: object, runCommand: string[] | string, given: Record<string, string[]> = {}, inputs: object = {}) =>
  compileSteps(parseDocument(content(parameters, runCommand, inputs), 'JSON'), given)[0];

describe('the content of a document', () => {
  it('takes parameters, defaults and lists into the script', () => {
    const parameters = { name: { type: 'String', default: 'x' }, lines: { type: 'StringList' } };
    const step = compile(parameters, ['echo {{name}} {{ name }}', '{{ lines }}'], { lines: ['a', 'b'] });
    expect(step?.script).toBe('echo x x\na\nb\n');
  });

  it('hands a parameter over in the environment where it says so', () => {
    const step = compile({ url: { type: 'String', interpolationType: 'ENV_VAR' } }, ['curl "$SSM_url"'], { url: ['$(rm)'] });
    expect(step).toMatchObject({ script: 'curl "$SSM_url"\n', environment: { SSM_url: '$(rm)' } });
  });

  it('takes the time limit from a parameter', () => {
    const step = compile({ limit: { type: 'String', default: '7' } }, ['true'], {}, { timeoutSeconds: '{{ limit }}' });
    expect(step?.timeoutSeconds).toBe(7);
  });

  it.each([
    ['a missing parameter', { a: { type: 'String' } }, {}, 'required'],
    ['an unknown parameter', {}, { b: ['1'] }, 'does not define'],
    ['a value against the pattern', { a: { type: 'String', allowedPattern: '[a-z]+' } }, { a: ['A'] }, 'allowed pattern'],
    ['a value that only begins like the pattern', { a: { type: 'String', allowedPattern: '[a-z]+' } }, { a: ['a\nB'] }, 'allowed pattern'],
    ['a value that is not allowed', { a: { type: 'String', allowedValues: ['x'] } }, { a: ['y'] }, 'allowed values'],
    ['several values of one text', { a: { type: 'String' } }, { a: ['x', 'y'] }, 'one value'],
    ['a text that is too long', { a: { type: 'String', maxChars: 2 } }, { a: ['abc'] }, 'characters'],
  ])('refuses %s', (_what, parameters, given: Record<string, string[]>, message) => {
    expect(() => compile(parameters, ['true'], given)).toThrow(message);
  });

  it.each(['{', '{"schemaVersion":"1.2","mainSteps":[]}', content({}, ['x']).replace('runShellScript', 'runPowerShellScript')])('refuses %s', (text) => {
    expect(() => parseDocument(text, 'JSON')).toThrow('not valid');
  });

  it('reads YAML', () => {
    expect(parseDocument('schemaVersion: "2.2"\nmainSteps:\n- action: aws:runShellScript\n  name: s\n  inputs: {runCommand: ["true"]}', 'YAML').mainSteps).toHaveLength(1);
  });
});

describe('documents', () => {
  const fleet = new TestFleet();
  beforeAll(() => fleet.start());
  afterAll(() => fleet.close());

  it('have versions, one of them the default', async () => {
    const document = { Name: 'Versions', DocumentType: 'Command' } as const;
    await fleet.ssm.send(new CreateDocumentCommand({ ...document, Content: content({}, 'one') }));
    await expect(fleet.ssm.send(new CreateDocumentCommand({ ...document, Content: content({}, 'one') }))).rejects.toMatchObject({ name: 'DocumentAlreadyExists' });
    await fleet.ssm.send(new UpdateDocumentCommand({ Name: 'Versions', Content: content({}, 'two'), DocumentVersion: '$LATEST' }));
    expect((await fleet.ssm.send(new GetDocumentCommand({ Name: 'Versions' }))).Content).toContain('one');
    await fleet.ssm.send(new UpdateDocumentDefaultVersionCommand({ Name: 'Versions', DocumentVersion: '2' }));
    expect((await fleet.ssm.send(new GetDocumentCommand({ Name: 'Versions' }))).Content).toContain('two');
    const { Document } = await fleet.ssm.send(new DescribeDocumentCommand({ Name: 'Versions' }));
    expect(Document).toMatchObject({ LatestVersion: '2', DefaultVersion: '2', Status: 'Active' });
    await expect(fleet.ssm.send(new UpdateDocumentCommand({ Name: 'Versions', Content: content({}, 'two'), DocumentVersion: '$LATEST' }))).rejects.toMatchObject({ name: 'DuplicateDocumentContent' });
    await fleet.ssm.send(new DeleteDocumentCommand({ Name: 'Versions' }));
    await expect(fleet.ssm.send(new GetDocumentCommand({ Name: 'Versions' }))).rejects.toMatchObject({ name: 'InvalidDocument' });
  });
});
