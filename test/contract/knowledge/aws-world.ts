import { randomUUID } from 'node:crypto';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Deployment } from '../../../core/deployment/deployment.ts';
import type { EventLog } from '../../../core/ports/event-log.ts';
import { DynamoPlacementScores } from '../../../lambdas/adapters/dynamodb/dynamo-placement-scores.ts';
import { OrchestratorTable } from '../../../lambdas/adapters/dynamodb/orchestrator-table.ts';
import { readAccountQuotas } from '../../../lambdas/adapters/knowledge/account-quotas.ts';
import { AwsMarketKnowledge } from '../../../lambdas/adapters/knowledge/aws-market-knowledge.ts';
import { S3MarketFacts } from '../../../lambdas/adapters/knowledge/s3-market-facts.ts';
import { readSpotAdvisor } from '../../../lambdas/adapters/knowledge/spot-advisor-feed.ts';
import { refreshMarket } from '../../../lambdas/capacity/refresh-market/refresh-market.ts';
import { aDeployment, ManualClock, silentLog } from '../../builders/capacity.ts';
import { startSimulatedEc2, type SimulatedEc2 } from '../capacity/simulated-ec2.ts';
import { startMiniStack, type MiniStack } from '../ministack.ts';
import { UnitMeter } from '../store/unit-meter.ts';
import { createTable, dynamoClient } from '../store/world.ts';

const { region } = aDeployment();

/** The fleet simulator for EC2, quotas and the feed, MiniStack for bucket and table. */
export class AwsWorld {
  readonly clock = new ManualClock();
  readonly cloud: SimulatedEc2;
  readonly facts: S3MarketFacts;
  readonly deployment: Deployment;
  readonly #stack: MiniStack;
  readonly #s3: S3Client;
  #table: OrchestratorTable;

  private constructor(cloud: SimulatedEc2, stack: MiniStack, s3: S3Client, deployment: Deployment, table: OrchestratorTable) {
    this.cloud = cloud;
    this.#stack = stack;
    this.#s3 = s3;
    this.deployment = deployment;
    this.facts = new S3MarketFacts({ s3, deployment });
    this.#table = table;
  }

  static async open(): Promise<AwsWorld> {
    const stepBucket = `steps-${randomUUID()}`;
    const stack = await startMiniStack();
    const cloud = await startSimulatedEc2(aDeployment());
    const deployment = aDeployment({ stepBucket, capacity: { spotAdvisorFeed: `${cloud.simulator.url}/_fleet/spot-advisor-data.json`, placementScoresPerDay: 3 } });
    const s3 = new S3Client({ endpoint: stack.endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    await s3.send(new CreateBucketCommand({ Bucket: stepBucket }));
    return new AwsWorld(cloud, stack, s3, deployment, await newTable(stack));
  }

  /** The knowledge of a function that has just started. */
  newcomer(parts: { readonly log?: EventLog; readonly ec2?: Partial<EC2ClientConfig> } = {}): AwsMarketKnowledge {
    const { clock, deployment, facts } = this;
    const ec2 = parts.ec2 ? new EC2Client({ endpoint: this.cloud.simulator.url, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, ...parts.ec2 }) : this.cloud.ec2;
    return new AwsMarketKnowledge({ ec2, facts, scores: new DynamoPlacementScores(this.#table), clock, deployment, log: parts.log ?? silentLog });
  }

  /** What runs on schedule. */
  async refresh(log: EventLog = silentLog, feed = this.deployment.capacity.spotAdvisorFeed): Promise<void> {
    const quotas = new ServiceQuotasClient({ endpoint: this.cloud.simulator.url, region, maxAttempts: 1, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    const { facts, clock } = this;
    await refreshMarket({ region, facts, clock, log, readBands: () => readSpotAdvisor(feed, region), readQuotas: () => readAccountQuotas(quotas, log) });
  }

  /** As after the deployment was made: nothing read, no question asked. */
  async forget(): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.deployment.stepBucket, Key: 'market/facts.json' }));
    this.#table = await newTable(this.#stack);
  }

  /** Capacity units of the table that newcomers use for `work`. */
  async unitsOf(work: () => Promise<unknown>): Promise<{ readonly writes: number; readonly reads: number }> {
    const client = dynamoClient(this.#stack.endpoint);
    const meter = new UnitMeter(client, dynamoClient(this.#stack.endpoint));
    this.#table = new OrchestratorTable(client, this.#table.table.getName());
    await work();
    meter.stop();
    return meter.total();
  }

  async close(): Promise<void> {
    await this.cloud.close();
    await this.#stack.stop();
  }
}

async function newTable(stack: MiniStack): Promise<OrchestratorTable> {
  const client = dynamoClient(stack.endpoint);
  return new OrchestratorTable(client, await createTable(client));
}
