import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { loadSwf, type SwfOptions } from '../../../../benchmarks/replay/swf.ts';

const header = '; Version: 2.2\n; UnixStartTime: 1000000000\n; MaxNodes: 10\n; MaxProcs: 80\n; Acknowledge: Ada Lovelace\n;\n';

interface Line {
  readonly number?: number;
  readonly submit?: number;
  readonly run?: number;
  readonly allocated?: number;
  readonly requested?: number;
  readonly requestedSeconds?: number;
  readonly user?: number;
  readonly group?: number;
  readonly queue?: number;
}

const line = ({ number = 1, submit = 0, run = 60, allocated = 8, requested = 8, requestedSeconds = 120, user = 3, group = 2, queue = 1 }: Line = {}): string =>
  `  ${[number, submit, 5, run, allocated, -1, -1, requested, requestedSeconds, -1, 1, user, group, -1, queue, -1, -1, -1].join('  ')}\n`;

const load = (text: string, options: Partial<SwfOptions> = {}): ReturnType<typeof loadSwf> => loadSwf(Buffer.from(text), 'a.swf', { unit: 'cores', ...options });

describe('a log in the Standard Workload Format', () => {
  it('gives jobs of users in groups, with their requested time as bound', () => {
    const [job] = load(header + line({ submit: 7 })).jobs;
    expect(job).toMatchObject({ runMs: 60_000, class: 'queue 1' });
    expect(job?.entry).toMatchObject({ namespace: 'group-2', user: 'user-3', submittedAtMs: 1_000_000_007_000, holdSeconds: 120, demand: { nodes: 8 } });
  });

  it('is read gzipped too', () => {
    expect(loadSwf(gzipSync(header + line()), 'a.swf.gz', { unit: 'cores' }).jobs).toHaveLength(1);
  });

  it('says how large the machine is, unless it is told otherwise', () => {
    expect(load(header + line()).capacity).toBe(80);
    expect(load(header + line(), { unit: 'nodes' }).capacity).toBe(10);
    expect(load(header + line(), { size: 64 }).capacity).toBe(64);
    expect(() => load(line())).toThrow('a.swf does not say how many cores the machine has');
  });

  it('gives jobs whole nodes where nodes are counted', () => {
    expect(load(header + line({ allocated: 9 }), { unit: 'nodes' }).jobs[0]?.entry.demand.nodes).toBe(2);
  });

  it('leaves a job without a bound that asked for no time', () => {
    expect(load(header + line({ requestedSeconds: -1 })).jobs[0]?.entry.holdSeconds).toBeUndefined();
  });

  it('ends a job at its requested time, and says that it did', () => {
    const { jobs, remarks } = load(header + line({ run: 500, requestedSeconds: 120 }));
    expect(jobs[0]?.runMs).toBe(120_000);
    expect(remarks).toContain('1 jobs end at their requested time, which they passed in the log');
  });

  it('takes what was requested where nothing says what was allocated', () => {
    expect(load(header + line({ allocated: -1, requested: 16 })).jobs[0]?.entry.demand.nodes).toBe(16);
  });

  it('leaves out what never ran and what is larger than the machine, and says so', () => {
    const { jobs, remarks } = load(header + line({ number: 1, run: -1 }) + line({ number: 2, allocated: 81 }) + line({ number: 3 }));
    expect(jobs).toHaveLength(1);
    expect(remarks).toEqual(expect.arrayContaining(['1 jobs left out: they took no processor, or never ran', '1 jobs left out: larger than a machine of 80']));
  });

  it('names whom it is owed to', () => {
    expect(load(header + line()).remarks).toContain('thanks to Ada Lovelace');
  });

  it('puts interactive jobs before others', () => {
    const [interactive, batch] = load(header + line({ number: 1, queue: 0 }) + line({ number: 2, queue: 1 })).jobs;
    expect(interactive?.entry.priority).toBeGreaterThan(batch?.entry.priority ?? 1000);
  });

  it.each([['1 2 3\n'], [line().replace('60', 'soon')], ['not a log at all\n']])('names a line that is none: %j', (text) => {
    expect(() => load(header + text)).toThrow('a.swf, line 7: 18 numbers are expected.');
  });
});
