import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import * as z from 'zod';
import { readAccountQuotas } from '../../adapters/knowledge/account-quotas.ts';
import { S3MarketFacts } from '../../adapters/knowledge/s3-market-facts.ts';
import { readSpotAdvisor } from '../../adapters/knowledge/spot-advisor-feed.ts';
import { SystemClock } from '../../runtime/clock.ts';
import { loadDeployment } from '../../runtime/deployment.ts';
import { eventHandler } from '../../runtime/event-handler.ts';
import { logger, traced } from '../../runtime/telemetry.ts';
import { refreshMarket } from './refresh-market.ts';

const deployment = loadDeployment();
const { region, capacity: { spotAdvisorFeed } } = deployment;
const facts = new S3MarketFacts({ s3: traced(new S3Client({})), deployment });
const quotas = traced(new ServiceQuotasClient({}));

export const handler = eventHandler({
  schema: z.unknown(),
  run: async () => {
    await refreshMarket({
      region,
      facts,
      readBands: spotAdvisorFeed === '' ? undefined : () => readSpotAdvisor(spotAdvisorFeed, region),
      readQuotas: () => readAccountQuotas(quotas, logger),
      clock: new SystemClock(),
      log: logger,
    });
  },
});
