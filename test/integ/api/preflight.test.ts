import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Finding } from '../../../bin/preflight/finding.ts';
import { administrator } from '../../../local/cdk.ts';
import { endpointEnvironment, type Credentials } from '../../../local/environment-file.ts';
import { siteOptions } from '../cloud/site.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';

jest.setTimeout(240_000);

const run = promisify(execFile);

let cloud: SharedCloud;
beforeAll(async () => {
  cloud = await sharedCloud();
});

async function preflight(credentials: Credentials, config = siteOptions.config ?? ''): Promise<{ readonly code: number; readonly findings: readonly Finding[] }> {
  const env = {
    ...process.env, ...endpointEnvironment(cloud.endpoint, cloud.fleetUrl),
    AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const { code, stdout } = await run(process.execPath, ['bin/preflight.ts', '--json', '--config', config], { env }).then(
    (done) => ({ code: 0, stdout: done.stdout }),
    (failed: { code: number; stdout: string }) => ({ code: failed.code, stdout: failed.stdout }),
  );
  return { code, findings: stdout === '' ? [] : JSON.parse(stdout) };
}

describe('the preflight, against the local account', () => {
  const ofRoles = (findings: readonly Finding[]) => findings.filter(({ check }) => check === 'service-linked role').map(({ status }) => status);

  const missingRoles = (findings: readonly Finding[]) => findings.flatMap(({ status, detail }) => (status === 'fail' ? /^AWSServiceRole\w+/.exec(detail)?.[0] ?? [] : []));

  it('fails if the account lacks what a deployment needs, and says how to mend it', async () => {
    const { code, findings } = await preflight(administrator);
    expect(code).toBe(findings.some(({ status }) => status === 'fail') ? 1 : 0);
    expect(findings.filter(({ status }) => status !== 'ok').every(({ wayOut = '' }) => wayOut !== '')).toBe(true);
    expect(findings.some(({ status }) => status === 'ok')).toBe(true);
    // The local account is not AWS, and that is said before all else.
    expect(findings[0]).toMatchObject({ status: 'warn', check: 'endpoints' });
  });

  it('is content with what was mended', async () => {
    const iam = new IAMClient(cloud.account.client);
    const before = await preflight(administrator);
    for (const role of missingRoles(before.findings)) {
      // Made as a plain role: the local account calls service-linked ones otherwise than AWS.
      await iam.send(new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }));
    }
    const after = await preflight(administrator);
    expect(ofRoles(after.findings)).toEqual(['ok', 'ok']);
  });

  it('counts the resource policies of logs, that of the deployment among them', async () => {
    const { findings } = await preflight(administrator);
    const [found, ...others] = findings.filter(({ check }) => check === 'log policies');
    expect([found?.status, others]).toEqual(['ok', []]);
    expect(found?.detail).toMatch(/^[1-9] of 10 /);
  });

  it('says what it was not allowed to look at', async () => {
    const { findings } = await preflight(cloud.researcher);
    expect(findings.filter(({ check }) => check === 'not checked').length).toBeGreaterThan(0);
  });

  it('ends otherwise for a configuration that is none', async () => {
    expect(await preflight(administrator, 'package.json')).toEqual({ code: 2, findings: [] });
  });
});
