import type { PricingClient } from '@aws-sdk/client-pricing';
import { GetProductsCommand } from '@aws-sdk/client-pricing';

/** Regions in which AWS serves the Price List; a client elsewhere finds nobody. */
export const PRICE_LIST_REGION = 'us-east-1';

/** On-demand list prices of Linux on shared hardware. Needs `pricing:GetProducts` on `*` (the action knows no resource). */
export class PriceList {
  readonly #pricing: PricingClient;

  constructor(pricing: PricingClient) {
    this.#pricing = pricing;
  }

  /** Millionths of a dollar per hour; `undefined` where the list does not know the type in that region. */
  async onDemandMicroUsdPerHour(region: string, instanceType: string): Promise<number | undefined> {
    const filters = { instanceType, regionCode: region, operatingSystem: 'Linux', tenancy: 'Shared', preInstalledSw: 'NA', capacitystatus: 'Used' };
    const answer = await this.#pricing.send(
      new GetProductsCommand({
        ServiceCode: 'AmazonEC2',
        Filters: Object.entries(filters).map(([Field, Value]) => ({ Type: 'TERM_MATCH', Field, Value })),
        MaxResults: 10,
      }),
    );
    const products: readonly unknown[] = answer.PriceList ?? [];
    const prices = products.map((product) => hourlyUsd(JSON.parse(String(product)))).filter((usd) => usd > 0);
    return prices.length === 0 ? undefined : Math.round(Math.min(...prices) * 1e6);
  }
}

/** Walks `terms.OnDemand.*.priceDimensions.*.pricePerUnit.USD`: the keys in between are opaque codes. */
function hourlyUsd(product: unknown): number {
  const prices = valuesOf(field(field(product, 'terms'), 'OnDemand'))
    .flatMap((term) => valuesOf(field(term, 'priceDimensions')))
    .map((dimension) => Number(field(field(dimension, 'pricePerUnit'), 'USD')))
    .filter((usd) => usd > 0);
  return prices.length === 0 ? 0 : Math.min(...prices);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function valuesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
