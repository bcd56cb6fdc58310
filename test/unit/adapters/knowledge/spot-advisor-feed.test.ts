import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bandsIn, readSpotAdvisor } from '../../../../lambdas/adapters/knowledge/spot-advisor-feed.ts';

const region = 'us-east-1';
const feed = (advice: unknown): string => JSON.stringify({
  global_rate: '<10%',
  ranges: [{ index: 0, label: '<5%', dots: 0, max: 5 }],
  instance_types: { 'm6i.large': { cores: 2, emr: true, ram_gb: 8 } },
  spot_advisor: { [region]: { Linux: advice, Windows: { 'm6i.large': { s: 20, r: 4 } } }, 'eu-west-1': { Linux: { 'm6i.large': { s: 60, r: 2 } } } },
});

describe('the feed of the Spot Instance Advisor', () => {
  it('says the band of each type that runs Linux in the region', () => {
    expect(bandsIn(feed({ 'm6i.large': { s: 70, r: 0 }, 'g5.xlarge': { s: 50, r: 3 } }), region)).toEqual({ 'm6i.large': 0, 'g5.xlarge': 3 });
  });

  it('says nothing of a type in a band that nobody knows, and all the same of the others', () => {
    expect(bandsIn(feed({ 'm6i.large': { s: 70, r: 5 }, 'c6i.large': { s: 70, r: -1 }, 'g5.xlarge': { s: 50, r: 4 } }), region)).toEqual({ 'g5.xlarge': 4 });
  });

  it.each([
    ['is not JSON', '<html>', /JSON/],
    ['is another document', '{"spot_advisor":{"us-east-1":{"Linux":{"m6i.large":{"r":"often"}}}}}', /not the feed/],
    ['has no advice', '{}', /not the feed/],
    ['does not know the region', feed({}), /nothing about Linux in us-east-1/],
  ])('is refused when it %s', (_, text, why) => {
    expect(() => bandsIn(text, region)).toThrow(why);
  });

  it('never brings a band out of range, whatever it says', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.record({ r: fc.oneof(fc.integer(), fc.double(), fc.string()) })), (anything, advice) => {
      for (const text of [JSON.stringify(anything), feed(advice)]) {
        let bands: Readonly<Record<string, number>> = {};
        try {
          bands = bandsIn(text, region);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
        expect(Object.values(bands).filter((band) => ![0, 1, 2, 3, 4].includes(band))).toEqual([]);
      }
    }));
  });
});

describe('reading the feed', () => {
  let server: Server;
  const serving = async (listener: RequestListener): Promise<string> => {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.json`;
  };
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('takes what comes', async () => {
    const url = await serving((_, response) => void response.end(feed({ 'm6i.large': { s: 70, r: 1 } })));
    expect(await readSpotAdvisor(url, region)).toEqual({ 'm6i.large': 1 });
  });

  it('does not follow whoever sends it elsewhere, and takes no error for the feed', async () => {
    const moved = await serving((_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end());
    await expect(readSpotAdvisor(moved, region)).rejects.toThrow('fetch failed');
    server.close();
    const failing = await serving((_, response) => void response.writeHead(503).end(feed({ 'm6i.large': { s: 70, r: 1 } })));
    await expect(readSpotAdvisor(failing, region)).rejects.toThrow('answered 503');
  });

  it('stops where there is more than a feed can be', async () => {
    const megabyte = Buffer.alloc(1024 ** 2, ' ');
    const endless = await serving((_, response) => {
      const go = (): void => {
        while (response.write(megabyte));
        response.once('drain', go);
      };
      go();
    });
    await expect(readSpotAdvisor(endless, region)).rejects.toThrow('is larger than 16777216 bytes');
  });
});
