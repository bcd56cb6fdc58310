import * as z from 'zod';
import { interruptionBands } from './market-facts.ts';

/** The feed is some five megabytes; what is much larger is not the feed, and read whole would not fit into the function's memory. */
const MAX_BYTES = 16 * 1024 ** 2;
const PATIENCE_MS = 20_000;

const shape = z.object({
  spot_advisor: z.record(z.string(), z.object({ Linux: z.exactOptional(z.record(z.string(), z.object({ r: z.int() }))) })),
});

/**
 * Interruption bands of a region by instance type, by index, out of the text of the feed.
 *
 * @throws Error if it is not the feed, or says nothing about Linux in the region: a known answer is worth more.
 */
export function bandsIn(text: string, region: string): Readonly<Record<string, number>> {
  const feed = shape.safeParse(JSON.parse(text));
  if (!feed.success) throw new Error(`not the feed of the Spot Instance Advisor: ${z.prettifyError(feed.error).slice(0, 300)}`);
  const types = Object.hasOwn(feed.data.spot_advisor, region) ? feed.data.spot_advisor[region]?.Linux : undefined;
  // A band that nobody knows says nothing of its type, and takes nothing from the others.
  const known = Object.entries(types ?? {}).filter(([, { r }]) => r >= 0 && r < interruptionBands.length);
  if (known.length === 0) throw new Error(`the feed says nothing about Linux in ${region}`);
  return Object.fromEntries(known.map(([type, { r }]) => [type, r]));
}

/**
 * The feed of the Spot Instance Advisor, read over HTTP without credentials.
 *
 * @throws Error when it does not come in time, is refused, or is not the feed.
 */
export async function readSpotAdvisor(url: string, region: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return bandsIn(await boundedText(response, url), region);
}

async function boundedText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`${url} is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
