import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { coloursIf } from '../../../cli/src/session.ts';
import { cells, fit } from '../../../cli/src/trace/cells.ts';
import { length, lengths } from '../../../cli/src/trace/length.ts';
import { rowsOf } from '../../../cli/src/trace/rows.ts';
import { traceSvg } from '../../../cli/src/trace/svg.ts';
import { waterfall } from '../../../cli/src/trace/waterfall.ts';
import { jobTrace } from '../../../core/trace/job-trace.ts';
import { chooseRuns } from '../../../core/trace/node-runs.ts';
import { tellRuns } from '../../../core/trace/told-runs.ts';
import { aHistory, aToldLaunch, aTracedJob, failedLife, moved, submitted, SUBMITTED_MS } from '../../builders/trace.ts';

const plain = coloursIf(false);
const nowMs = SUBMITTED_MS + 60_000;

/** A step of that name, and nothing else. */
const withStep = (name: string, message = 'It failed.') => jobTrace(aTracedJob(), aHistory(
  [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, moved('ACQUIRING_CAPACITY', 'CONFIGURING')], [3, moved('CONFIGURING', 'RUNNING')],
  [4, { type: 'StepStarted', data: { step: 'run/0', name } }], [9, { type: 'StepFinished', data: { step: 'run/0', kind: 'failed', exitCode: 1 }, message }],
));

describe('a length of time', () => {
  it.each([
    [0, '0 ms'], [350, '350 ms'], [4_840, '4.8 s'], [119_000, '119.0 s'], [725_000, '12 min 5 s'], [720_000, '12 min'], [12_000_000, '3 h 20 min'], [183_600_000, '2 d 3 h'],
  ])('%i is %s', (ms, text) => expect(length(ms)).toBe(text));
});

describe('lengths of time', () => {
  it.each([[2_100, 3_400, '2.1 to 3.4 s'], [2_100, 2_110, '2.1 s'], [800, 1_200, '800 ms to 1.2 s'], [725_000, 728_000, '12 min 5 s to 12 min 8 s'], [720_000, 725_000, '12 min to 12 min 5 s']])(
    'from %i to %i are %s', (from, to, text) => expect(lengths(from, to)).toBe(text));
});

describe('a text in cells', () => {
  it('is as wide as it was to be', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => expect(cells(fit(text, width))).toBe(width)));
  });

  it('counts what is wide twice', () => expect([cells('训练'), fit('训练模型', 5)]).toEqual([4, '训练…']));
});

describe('the lines of a trace', () => {
  const labels = (...given: Parameters<typeof rowsOf>) => rowsOf(...given).map(({ depth, label }) => `${'  '.repeat(depth)}${label}`);

  it('leave out what has no length, and the only attempt', () => {
    expect(labels(jobTrace(aTracedJob(), failedLife()), { nowMs })).toEqual([
      'cluster v1', '  PENDING', '  ACQUIRING_CAPACITY', '    turn', '      launch workers', '    parked', '    turn', '      launch workers',
      '  CONFIGURING', '    boot', '    Share /data', '  RUNNING', '    Train', '  POST_RUN', '  DESTROYING',
    ]);
  });

  it('say for what a job waited, each reason once', () => {
    const reason = (code: string, from: number, detail?: string) => ({ code, sinceMs: SUBMITTED_MS + from, untilMs: SUBMITTED_MS + from + 500, ...(detail === undefined ? {} : { detail }) });
    const waited = [reason('LimitReached', 0, 'namespace lattice'), reason('CoolingDown', 500, 'SpotReclaimed'), reason('LimitReached', 1_000, 'namespace lattice')];
    const rows = rowsOf(jobTrace(aTracedJob(), aHistory([0, submitted], [2, { ...moved('PENDING', 'ACQUIRING_CAPACITY'), data: { waited } }])), { nowMs });
    expect(rows.find(({ label }) => label === 'PENDING')?.note).toBe('for a limit of namespace lattice; for capacity: SpotReclaimed');
  });

  it('have all of it where that is asked for', () => {
    const all = labels(jobTrace(aTracedJob(), failedLife()), { nowMs, all: true });
    expect(all).toEqual(expect.arrayContaining(['  attempt 1', '    RUN_FAILED', '    DONE']));
    expect(all).toHaveLength(18);
  });

  it('are few where much is alike', () => {
    const launches = Array.from({ length: 40 }, (_, i) => aToldLaunch({ ordinal: i + 1, atMs: SUBMITTED_MS + 2_000 + i, launched: 0, ...(i === 20 ? { refused: 'InvalidAMIID.NotFound' } : {}) }));
    const trace = jobTrace(aTracedJob(), aHistory([0, submitted], [2, moved('PENDING', 'ACQUIRING_CAPACITY')], [3, { type: 'LaunchTried', data: { launches } }]));
    const rows = rowsOf(trace, { nowMs });
    expect(rows).toHaveLength(3 + 25);
    expect(rows[15]).toMatchObject({ depth: 2, label: '… 16 more', note: '1 failed' });
    expect(rowsOf(trace, { nowMs, all: true })).toHaveLength(5 + 40);
  });

  it('say what a call got, and why not more', () => {
    const [note] = rowsOf(jobTrace(aTracedJob(), failedLife()), { nowMs }).filter(({ label }) => label === 'launch workers').map((row) => row.note);
    expect(note).toBe('2 of 4 spot in us-east-1a (InsufficientInstanceCapacity)');
  });
});

describe('the nodes of a step', () => {
  /** A step on so many nodes, of which the one of rank r takes r tenths of a second more than two seconds. */
  const onNodes = (count: number, exitCode: (rank: number) => number, nodes = count) => {
    const runs = Array.from({ length: count }, (_, rank) => ({ rank, startMs: SUBMITTED_MS + 5_000, endMs: SUBMITTED_MS + 7_000 + rank * 100, exitCode: exitCode(rank) }));
    return jobTrace(aTracedJob(), aHistory(
      [0, submitted], [1, moved('PENDING', 'ACQUIRING_CAPACITY')], [2, { type: 'CapacityAcquired', data: { pools: [['head', 1], ['workers', 999]] } }], [2, moved('ACQUIRING_CAPACITY', 'CONFIGURING')],
      [4, { type: 'StepStarted', data: { step: 'configure/0', name: 'Warm up' } }],
      [30, { type: 'StepFinished', data: { step: 'configure/0', kind: runs.some((run) => run.exitCode !== 0) ? 'failed' : 'phaseDone', nodeRuns: tellRuns(chooseRuns(runs, nodes, false)) }, message: 'Warm up exited with 1 on workers-6.' }],
    ));
  };
  const below = (trace: ReturnType<typeof onNodes>, options: { readonly nodes?: boolean; readonly all?: boolean } = {}) => {
    const rows = rowsOf(trace, { nowMs, ...options });
    return rows.slice(rows.findIndex(({ label }) => label === 'Warm up') + 1).filter(({ isNode }) => isNode === true).map(({ label, note }) => [label, note]);
  };

  it('are the three slowest, and how long the others took', () => {
    expect(below(onNodes(65, () => 0))).toEqual([['workers-63', ''], ['workers-62', ''], ['workers-61', ''], ['… and 62 others', '2.0 to 8.1 s']]);
    expect(below(onNodes(4, () => 0))).toEqual([['workers-2', ''], ['workers-1', ''], ['workers-0', ''], ['head-0', '']]);
  });

  it('are those on which it failed, too: ten at most', () => {
    expect(below(onNodes(65, (rank) => (rank === 7 ? 1 : 0)))).toEqual([
      ['workers-6', 'exit code 1'], ['workers-63', ''], ['workers-62', ''], ['workers-61', ''], ['… and 61 others', '2.0 to 8.1 s'],
    ]);
    const many = below(onNodes(65, () => 2));
    expect(many).toHaveLength(11);
    expect(many.at(-1)).toEqual(['… and 55 others', '3.0 to 8.4 s, 55 failed']);
  });

  it('are all of them on request, and those counted of which nothing is known', () => {
    for (const options of [{ nodes: true }, { all: true }]) expect(below(onNodes(65, () => 0), options)).toHaveLength(65);
    expect(below(onNodes(100, () => 0, 900)).at(-1)).toEqual(['… and 897 others', '2.0 to 11.6 s, of 800 nothing is known']);
    expect(below(onNodes(100, () => 0, 900), { nodes: true }).at(-1)).toEqual(['… and 800 others', 'of 800 nothing is known']);
    expect(traceSvg('x', onNodes(65, () => 0), { nowMs, nodes: true }).match(/<title>workers-/g)).toHaveLength(64);
  });

  it.each([
    [1, 2, ['head-0']], [3, 4, ['workers-1', 'workers-0', 'head-0']], [4, 5, ['workers-2', 'workers-1', 'workers-0']],
  ])('are %i that answered and the one that was lost, of %i: it has no line of its own, and is not passed over', (answered, nodes, shown) => {
    const others = nodes - shown.length;
    const [label, note] = others === 1 ? ['… and 1 other', 'of 1 nothing is known'] : [`… and ${others} others`, '2.0 s, of 1 nothing is known'];
    expect(below(onNodes(answered, () => 0, nodes))).toEqual([...shown.map((name) => [name, '']), [label, note]]);
    expect(below(onNodes(answered, () => 0, nodes), { nodes: true }).at(-1)).toEqual(['… and 1 other', 'of 1 nothing is known']);
  });

  it('is the step itself where there is one', () => {
    expect(below(onNodes(1, () => 0))).toEqual([]);
    expect(below(onNodes(1, () => 0), { nodes: true })).toEqual([['head-0', '']]);
  });

  it('do not repeat below the picture what is said of their step', () => {
    const text = waterfall(plain, onNodes(3, (rank) => (rank === 2 ? 1 : 0)), { nowMs, columns: 120 });
    expect(text).toContain('✗ workers-1');
    expect(text.split('\n\n')[1]).toBe('✗ Warm up: Warm up exited with 1 on workers-6.\n');
  });
});

describe('a waterfall', () => {
  it('takes any name of a step and any message, and does nothing to the terminal', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 200 }), (name, message, columns) => {
      const text = waterfall(plain, withStep(name, message), { nowMs, columns });
      expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
      expect(text.split('\n\n')[0]?.split('\n').filter((line) => cells(line) > Math.max(40, columns))).toEqual([]);
    }));
  });

  it('draws bars where they belong', () => {
    const lines = waterfall(plain, jobTrace(aTracedJob(), failedLife()), { nowMs, columns: 50 }).split('\n');
    const bar = (label: string): readonly number[] => {
      const text = lines.find((line) => line.includes(label)) ?? '';
      return [text.search(/[█░]/), text.match(/[█░]/g)?.length ?? 0];
    };
    const [from = 0, total = 0] = bar('cluster v1');
    const [runFrom = 0, runLength = 0] = bar('RUNNING');
    expect(runFrom - from).toBe(Math.floor((24 / 60) * total));
    expect(runLength).toBe(Math.round((51 / 60) * total) - (runFrom - from));
  });
});

describe('a picture of a trace', () => {
  it('is XML whatever the names are', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => {
      const svg = traceSvg(name, withStep(name), { nowMs });
      expect(svg).not.toMatch(/[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]|&(?!amp;|lt;|gt;|quot;)/);
      expect(svg.replaceAll(/<style>[\s\S]*?<\/style>/g, '').match(/<(?!\/?(?:svg|title|rect|text|line|g|style)\b)/)).toBeNull();
      expect(svg.isWellFormed()).toBe(true);
    }));
  });

  it('marks what failed and what goes on', () => {
    const svg = traceSvg('x', withStep('Train'), { nowMs });
    expect(svg).toMatch(/class="failed" [\s\S]*It failed\./);
    expect(svg).toContain('bar open');
    expect(svg).toContain('RUNNING: 57.0 s, goes on');
  });
});
