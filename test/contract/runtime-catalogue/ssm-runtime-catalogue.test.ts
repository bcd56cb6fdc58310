import { randomUUID } from 'node:crypto';
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { slurmImagePrefix } from '../../../core/runtimes/slurm/images.ts';
import { SsmRuntimeCatalogue } from '../../../lambdas/adapters/ssm/ssm-runtime-catalogue.ts';
import { ManualClock, silentLog } from '../../builders/capacity.ts';
import { startMiniStack, type MiniStack } from '../ministack.ts';
import { runtimeCatalogueContract } from './runtime-catalogue.contract.ts';

jest.setTimeout(120_000);

let stack: MiniStack;
let ssm: SSMClient;
beforeAll(async () => {
  stack = await startMiniStack();
  ssm = new SSMClient({ endpoint: stack.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
});
afterAll(async () => stack?.stop());

const put = async (Name: string, Value: string, DataType = 'aws:ec2:image'): Promise<unknown> => ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', DataType }));
const aName = (): string => `d${randomUUID()}`;
const imageId = 'ami-0123456789abcdef0';

runtimeCatalogueContract(async () => ({
  newcomer: async (releases) => {
    const deployment = { name: aName() };
    for (const { version, architectures } of releases) {
      for (const architecture of architectures) await put(`${slurmImagePrefix(deployment)}/${version}/${architecture}`, imageId);
    }
    return new SsmRuntimeCatalogue({ ssm, deployment, clock: new ManualClock(), log: silentLog });
  },
  close: async () => undefined,
}));

describe('the catalogue in Parameter Store', () => {
  it('leaves out, with a warning, what is no image, or too old', async () => {
    const deployment = { name: aName() };
    const prefix = slurmImagePrefix(deployment);
    await put(`${prefix}/23.02.7/x86_64`, imageId);
    const odd = [`${prefix}/23.02.7/sparc`, `${prefix}/latest/x86_64`, `${prefix}/23.02.7/arm64`, `${prefix}/23.02.7`, `${prefix}/23.02.7/x86_64/old`];
    for (const name of odd) await put(name, name.endsWith('arm64') ? 'to be made' : imageId);
    await put(`${prefix}/24.05.1/x86_64`, imageId, 'text');
    await put(`${prefix}/21.08.8/x86_64`, imageId);
    await put(`/${deployment.name}/images/slurmlike/23.02.8/x86_64`, imageId);
    const warnings: unknown[] = [];
    const catalogue = new SsmRuntimeCatalogue({ ssm, deployment, clock: new ManualClock(), log: { warn: (_, { name }) => void warnings.push(name) } });
    expect(await catalogue.slurmReleases()).toEqual([{ version: '23.02.7', architectures: ['x86_64'] }]);
    expect(warnings.toSorted()).toEqual([...odd, `${prefix}/24.05.1/x86_64`, `${prefix}/21.08.8/x86_64`].toSorted());
  });

  it('is kept for a minute', async () => {
    const deployment = { name: aName() };
    const clock = new ManualClock();
    const catalogue = new SsmRuntimeCatalogue({ ssm, deployment, clock, log: silentLog });
    expect(await catalogue.slurmReleases()).toEqual([]);
    await put(`${slurmImagePrefix(deployment)}/24.05.1/arm64`, imageId);
    expect(await catalogue.slurmReleases()).toEqual([]);
    clock.advance(60_000);
    expect(await catalogue.slurmReleases()).toEqual([{ version: '24.05.1', architectures: ['arm64'] }]);
  });

  it('says that Systems Manager asks for patience, and asks again afterwards', async () => {
    const impatient = new SSMClient({ endpoint: stack.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    let asked = 0;
    impatient.middlewareStack.add((next) => async (args) => {
      asked += 1;
      if (asked === 1) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      return next(args);
    });
    const catalogue = new SsmRuntimeCatalogue({ ssm: impatient, deployment: { name: aName() }, clock: new ManualClock(), log: silentLog });
    await expect(catalogue.slurmReleases()).rejects.toMatchObject({ name: 'DependencyThrottledError' });
    expect(await catalogue.slurmReleases()).toEqual([]);
  });

  it('hands on what else it says', async () => {
    const deniedTo = new SSMClient({ region: 'us-east-1' });
    deniedTo.middlewareStack.add((_next, { commandName }) => async () => {
      throw Object.assign(new Error('not authorized'), { name: commandName === GetParametersByPathCommand.name ? 'AccessDeniedException' : 'Other' });
    });
    const catalogue = new SsmRuntimeCatalogue({ ssm: deniedTo, deployment: { name: aName() }, clock: new ManualClock(), log: silentLog });
    await expect(catalogue.slurmReleases()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
