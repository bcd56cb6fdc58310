import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { environmentFile, localOutputs, outputVariable } from '../../../local/environment-file.ts';

const endpoint = 'http://127.0.0.1:4566';

describe('localOutputs', () => {
  it('gives REST APIs the address at which the local cloud serves them', () => {
    const outputs = localOutputs({ Orchestrator: { ApiUrl: 'https://ab12.execute-api.us-east-1.amazonaws.com/prod/' } }, endpoint);

    expect(outputs).toEqual({ ApiUrl: 'http://127.0.0.1:4566/_aws/execute-api/ab12/prod/' });
  });

  it('joins the outputs of several stacks, and refuses two of one name', () => {
    expect(localOutputs({ One: { TableName: 't' }, Two: { BucketName: 'b' } }, endpoint)).toEqual({ TableName: 't', BucketName: 'b' });
    expect(() => localOutputs({ One: { Name: 'a' }, Two: { Name: 'b' } }, endpoint)).toThrow('Two stacks');
  });
});

describe('outputVariable', () => {
  it.each([['ApiUrl', 'ORCH_API_URL'], ['TableName', 'ORCH_TABLE_NAME'], ['Bucket2Arn', 'ORCH_BUCKET2_ARN']])(
    'names %s %s', (output, variable) => expect(outputVariable(output)).toBe(variable));
});

describe('environmentFile', () => {
  const file = environmentFile({
    endpoint,
    fleetUrl: 'http://127.0.0.1:4567',
    outputs: { ApiUrl: 'http://127.0.0.1:4566/_aws/execute-api/ab12/prod/', Note: 'it\'s $HOME `date`' },
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  });
  const sourced = (variable: string) =>
    execFileSync('sh', ['-c', `eval "$FILE"; printf %s "$${variable}"`], {
      encoding: 'utf8', env: { FILE: file, AWS_PROFILE: 'work', PATH: '/usr/bin:/bin' },
    });

  it('points SDKs at the local cloud, EC2 and SSM at the fleet', () => {
    expect(sourced('AWS_ENDPOINT_URL')).toBe(endpoint);
    expect(sourced('AWS_ENDPOINT_URL_EC2')).toBe('http://127.0.0.1:4567');
    expect(sourced('AWS_ENDPOINT_URL_SSM')).toBe('http://127.0.0.1:4567');
    expect(sourced('AWS_ACCESS_KEY_ID')).toBe('AKIAEXAMPLE');
    expect(sourced('AWS_PROFILE')).toBe('');
  });

  it('gives outputs to a shell as they are, whatever they hold', () => {
    expect(sourced('ORCH_NOTE')).toBe('it\'s $HOME `date`');
  });

  it('keeps the search path behind its own tools', () => {
    expect(sourced('PATH')).toMatch(/node_modules\/\.bin:.*:\/usr\/bin:\/bin$/);
  });
});
