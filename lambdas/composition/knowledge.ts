import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { AwsMarketKnowledge } from '../adapters/knowledge/aws-market-knowledge.ts';
import { S3MarketFacts } from '../adapters/knowledge/s3-market-facts.ts';
import { logger, traced } from '../runtime/telemetry.ts';
import { clock, deployment, placementScores } from './stores.ts';

/** What is asked for knowledge is optional: who does not answer soon is done without. */
const soon = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true } };

/** What others know of the market. */
export const knowledge = new AwsMarketKnowledge({
  ec2: traced(new EC2Client(soon)),
  facts: new S3MarketFacts({ s3: traced(new S3Client(soon)), deployment }),
  scores: placementScores,
  clock,
  deployment,
  log: logger,
});
