import { describe, expect, it } from '@jest/globals';
import { SimulatedCloud } from '../../../../benchmarks/capacity/simulated-cloud.ts';
import { aTrace, MINUTE_MS } from './made-up-trace.ts';

describe('SimulatedCloud', () => {
  it('brings the minimum at least or nothing', () => {
    const cloud = new SimulatedCloud(aTrace({ a: [10], b: [4] }));
    expect(cloud.launch(['a'], 16, 16)).toEqual(new Map());
    expect(cloud.launch(['a'], 16, 1)).toEqual(new Map([['a', 10]]));
    expect(cloud.launch(['a', 'b'], 5, 5)).toEqual(new Map());
    expect(cloud.launch(['a', 'b'], 5, 1)).toEqual(new Map([['b', 4]]));
    expect(cloud.calls).toBe(4);
  });

  it('fills a launch over several zones from the one that has most', () => {
    const cloud = new SimulatedCloud(aTrace({ a: [3], b: [8] }));
    expect(cloud.launch(['a', 'b'], 10, 10)).toEqual(new Map([['b', 8], ['a', 2]]));
  });

  it('has what the trace says less what is held', () => {
    const cloud = new SimulatedCloud(aTrace({ a: [10, 4, 10] }));
    const start = cloud.now();
    const machines = cloud.launch(['a'], 6, 6);
    expect(cloud.free('a')).toBe(4);
    cloud.goOnTo(start + 10 * MINUTE_MS);
    expect(cloud.free('a')).toBe(0);
    cloud.giveBack(machines);
    expect(cloud.free('a')).toBe(4);
    cloud.goOnTo(start + 25 * MINUTE_MS);
    expect(cloud.free('a')).toBe(10);
  });

  it('tells who may know the future how long a zone is of use', () => {
    const cloud = new SimulatedCloud(aTrace({ a: [4, 0, 4, 4] }));
    cloud.goOnTo(cloud.now() + 5 * MINUTE_MS);
    expect(cloud.usableMs('a', 4, cloud.now() + 20 * MINUTE_MS)).toBe(10 * MINUTE_MS);
    expect(cloud.usableMs('a', 5, cloud.now() + 20 * MINUTE_MS)).toBe(0);
    expect(cloud.nextChangeMs() - cloud.now()).toBe(5 * MINUTE_MS);
  });
});
