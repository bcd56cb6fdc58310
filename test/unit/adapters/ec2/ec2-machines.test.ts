import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EC2Client } from '@aws-sdk/client-ec2';
import type { LaunchRecord } from '../../../../core/capacity/gang.ts';
import { epochMs } from '../../../../core/job/ids.ts';
import { Ec2Machines } from '../../../../lambdas/adapters/ec2/ec2-machines.ts';
import { aDeployment, aGang, ManualClock } from '../../../builders/capacity.ts';
import { InMemoryInstanceCatalogue } from '../../../fakes/in-memory-instance-catalogue.ts';

const { jobId, attempt } = aGang();
const launch: LaunchRecord = {
  jobId, attempt, ordinal: 1, pool: 'workers', count: 2, minimum: 2, market: 'spot', instanceTypes: ['c6i.large'], zones: ['us-east-1a'], clientToken: 'token',
  requestedAtMs: epochMs(0), request: JSON.stringify({ ClientToken: 'token', Type: 'instant' }),
};
const onlyItsName = '<CreateFleetResponse><fleetId>fleet-1</fleetId></CreateFleetResponse>';
const fleet = (content: string): string => `<DescribeFleetsResponse><fleetSet>${content}</fleetSet></DescribeFleetsResponse>`;
const refusal = (code: string): string => `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors></Response>`;
const launched = '<fleetInstanceSet><item><instanceIds><item>i-1</item><item>i-2</item></instanceIds><instanceType>c6i.large</instanceType><lifecycle>spot</lifecycle></item></fleetInstanceSet>';

describe('a launch call that EC2 answered before', () => {
  let server: Server;
  let machines: Ec2Machines;
  const answers = new Map<string, { readonly status: number; readonly body: string }>();
  const say = (action: string, body: string, status = 200): void => void answers.set(action, { status, body });

  beforeEach(async () => {
    server = createServer((request, response) => {
      let asked = '';
      request.on('data', (chunk: Buffer) => (asked += chunk.toString()));
      request.on('end', () => {
        const { status, body } = answers.get(new URLSearchParams(asked).get('Action') ?? '') ?? { status: 500, body: '' };
        response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const ec2 = new EC2Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
    machines = new Ec2Machines({ ec2, catalogue: new InMemoryInstanceCatalogue([]), clock: new ManualClock(), deployment: aDeployment() });
    say('CreateFleet', onlyItsName);
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  it('brings what the fleet remembers', async () => {
    say('DescribeFleets', fleet(`<item><fleetId>fleet-1</fleetId><fleetState>active</fleetState>${launched}</item>`));
    expect((await machines.launch(launch)).launched.map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-2']);
  });

  it('has no known answer while the fleet is not seen, or still launches', async () => {
    say('DescribeFleets', fleet(''));
    await expect(machines.launch(launch)).rejects.toThrow('does not say yet');
    say('DescribeFleets', fleet('<item><fleetId>fleet-1</fleetId><fleetState>submitted</fleetState></item>'));
    await expect(machines.launch(launch)).rejects.toThrow('does not say yet');
  });

  it('is not refused because nobody may ask what became of it', async () => {
    for (const code of ['InvalidFleetId.NotFound', 'UnauthorizedOperation']) {
      say('DescribeFleets', refusal(code), 403);
      await expect(machines.launch(launch)).rejects.toMatchObject({ name: code });
    }
  });

  it('brought nothing any more where its machines have died since', async () => {
    say('CreateFleet', refusal('IdempotentInstanceTerminated'), 400);
    const { rejected, unavailable, launched: none } = await machines.launch(launch);
    expect({ rejected, none, codes: unavailable.map(({ code }) => code) }).toEqual({ rejected: undefined, none: [], codes: ['IdempotentInstanceTerminated'] });
  });
});
