import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { RuntimeRelease } from '../../../../../core/ports/runtime-catalogue.ts';
import { chooseRelease, compareVersions, isOfRelease, isSupported, substitutionOf } from '../../../../../core/runtimes/slurm/release.ts';
import type { ReleaseChoice, ReleaseOffer } from '../../../../../core/runtimes/slurm/release.ts';

const x86: readonly RuntimeRelease['architectures'][number][] = ['x86_64'];
const both: readonly RuntimeRelease['architectures'][number][] = ['x86_64', 'arm64'];
const workers = (architectures = x86) => [{ name: 'workers', architectures }];

const offer: ReleaseOffer = {
  releases: [
    { version: '24.11.5', architectures: both }, { version: '22.05.8', architectures: x86 }, { version: '22.05.11', architectures: x86 }, { version: '24.05.2', architectures: ['arm64'] },
  ],
  substitutes: { '23.02': ['23.11', '22.05', '24.11'], '23.11': ['23.02'], '21.08': ['20.11'] },
};

function choose(asked?: string, pools: Parameters<typeof chooseRelease>[0]['pools'] = workers(), from: ReleaseOffer = offer): ReleaseChoice {
  return chooseRelease({ pools, ...(asked === undefined ? {} : { asked }) }, from);
}

describe('the release of a job', () => {
  it.each([
    ['the newest of what was asked for, by number', '22.05', '22.05.11'],
    ['the very version that was asked for', '22.05.8', '22.05.8'],
    ['the newest of all where none was asked for', undefined, '24.11.5'],
    ['the newest of the first substitute that there is', '23.02', '22.05.11'],
    ['that of its release, for a version that there is not', '23.02.7', '22.05.11'],
  ])('is %s', (_, asked, version) => {
    expect(choose(asked)).toEqual({ kind: 'chosen', version });
  });

  it('is that of the version where the version has substitutes of its own', () => {
    expect(choose('23.02.7', workers(), { ...offer, substitutes: { ...offer.substitutes, '23.02.7': ['24.11'] } })).toEqual({ kind: 'chosen', version: '24.11.5' });
  });

  it('is one that has an image for every pool', () => {
    expect(choose(undefined, [...workers(), { name: 'arms', architectures: ['arm64'] }])).toEqual({ kind: 'chosen', version: '24.11.5' });
    expect(choose('23.02', workers(['arm64']))).toEqual({ kind: 'chosen', version: '24.11.5' });
  });

  it('is none for pools that bring their own images', () => {
    expect(choose('23.02', [], { releases: [], substitutes: {} })).toEqual({ kind: 'chosen' });
  });
});

describe('a release that there is not', () => {
  it('is told with those that there are, and the next of them suggested', () => {
    expect(choose('23.11', workers(), { ...offer, substitutes: {} })).toEqual({
      kind: 'refused',
      problem: {
        code: 'not-offered', path: 'spec.runtime.version', value: '23.11', suggestion: '24.11.5',
        message: 'this deployment has no image of Slurm 23.11; it has: 22.05.8, 22.05.11, 24.05.2, 24.11.5',
      },
    });
  });

  it('is told with its substitutes, whose own are not looked at', () => {
    expect(choose('23.11')).toMatchObject({ problem: { message: expect.stringContaining('no image of Slurm 23.11, nor of what may stand in for it (23.02); it has: ') } });
  });

  it('after all others suggests the newest', () => {
    expect(choose('25.05')).toMatchObject({ problem: { suggestion: '24.11.5' } });
  });

  it('for the architecture is told with the pools that need it', () => {
    expect(choose('22.05', workers(['arm64']))).toMatchObject({
      problem: {
        path: 'spec.runtime.version', suggestion: '24.11.5',
        message: 'has no image of one version for all pools: they need workers (arm64); there are 22.05.11 (x86_64), 22.05.8 (x86_64)',
      },
    });
    const none = choose(undefined, workers(['arm64']), { releases: [{ version: '22.05.8', architectures: x86 }], substitutes: {} });
    expect(none).toMatchObject({ problem: { path: 'spec.runtime', message: expect.stringContaining('need workers (arm64)') } });
    expect(none).not.toHaveProperty('problem.suggestion');
  });

  it('because there is none at all says who makes them', () => {
    expect(choose(undefined, workers(), { releases: [], substitutes: {} })).toMatchObject({
      problem: { code: 'not-offered', path: 'spec.runtime', message: expect.stringContaining('docs/slurm-images.md') },
    });
  });

  it('is not found among the properties of objects', () => {
    expect(choose('constructor')).toMatchObject({ kind: 'refused' });
  });
});

describe('laws of the choice', () => {
  const part = fc.integer({ min: 0, max: 12 });
  const version = fc.tuple(fc.integer({ min: 22, max: 24 }), fc.constantFrom('02', '05', '11'), part).map(([year, month, patch]) => `${year}.${month}.${patch}`);
  const architectures = fc.subarray(['x86_64' as const, 'arm64' as const], { minLength: 1 });
  const releases = fc.uniqueArray(fc.record({ version, architectures }), { selector: ({ version: name }) => name, maxLength: 8 });
  const asked = fc.oneof(version, version.map((text) => text.slice(0, 5)), fc.constant(undefined));
  const pools = fc.array(fc.record({ name: fc.constant('pool'), architectures }), { minLength: 1, maxLength: 3 });
  const release = fc.constantFrom('22.02', '22.05', '23.11', '24.05');
  const substitutes = fc.dictionary(release, fc.array(release, { minLength: 1, maxLength: 3 }), { maxKeys: 3 });

  it('what is chosen is there for every architecture, and is what was asked for or a stand-in for it', () => {
    fc.assert(fc.property(asked, pools, releases, substitutes, (want, needed, there, standIns) => {
      const choice = choose(want, needed, { releases: there, substitutes: standIns });
      const usable = there.filter((each) => needed.every((pool) => pool.architectures.every((one) => each.architectures.includes(one)))).map((each) => each.version);
      const allowed = usable.filter((each) => want === undefined || [want, ...(standIns[want] ?? standIns[want.slice(0, 5)] ?? [])].some((one) => isOfRelease(each, one)));
      if (choice.kind === 'refused') return expect(allowed).toEqual([]);
      expect(allowed).toContain(choice.version);
      const own = allowed.filter((each) => want === undefined || isOfRelease(each, want));
      if (own.length > 0) expect(own.every((each) => compareVersions(each, choice.version ?? '') <= 0)).toBe(true);
    }));
  });

  it('does not depend on the order of the catalogue', () => {
    fc.assert(fc.property(asked, pools, releases, substitutes, (want, needed, there, standIns) => {
      expect(choose(want, needed, { releases: there.toReversed(), substitutes: standIns })).toEqual(choose(want, needed, { releases: there, substitutes: standIns }));
    }));
  });

  it('versions have a total order by number', () => {
    fc.assert(fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      expect(compareVersions(a, b) === 0).toBe(a === b);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }));
  });
});

describe('a substitution', () => {
  it('is told where another release runs than the one asked for', () => {
    expect(substitutionOf('23.02', '22.05.8')).toBe('Slurm 22.05.8 stands in for 23.02: this deployment says so.');
    expect([substitutionOf('23.02', '23.02.7'), substitutionOf(undefined, '23.02.7'), substitutionOf('23.02', undefined)]).toEqual([undefined, undefined, undefined]);
    expect(substitutionOf('23.0', '23.02.7')).toBeDefined();
  });
});

it('is one that the orchestrator can make a cluster with from 22.05 on', () => {
  expect(['21.08.8', '20.11', '22.05', '22.05.0', '24.11.5'].filter(isSupported)).toEqual(['22.05', '22.05.0', '24.11.5']);
});
