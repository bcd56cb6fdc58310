import type { Deployment } from '../../deployment/deployment.ts';
import type { ManifestProblem } from '../../manifest/problems.ts';
import type { RuntimeRelease } from '../../ports/runtime-catalogue.ts';

type Architecture = RuntimeRelease['architectures'][number];

/** What a job wants of the deployment's images with Slurm. */
export interface ReleaseRequest {
  /** Such as `23.02` or `23.02.7`; absent: the newest. */
  readonly asked?: string;
  /** Pools that name no image of their own, with the architectures of their types. None: the job brings all its images along. */
  readonly pools: readonly { readonly name: string; readonly architectures: readonly Architecture[] }[];
}

/** What a deployment has: its images, and what its administrator lets stand in. */
export interface ReleaseOffer {
  readonly releases: readonly RuntimeRelease[];
  readonly substitutes: Deployment['slurmSubstitutes'];
}

/** The release that a job gets; `version` is absent where it needs none. */
export type ReleaseChoice =
  | { readonly kind: 'chosen'; readonly version?: string }
  | { readonly kind: 'refused'; readonly problem: ManifestProblem };

/**
 * The newest version of what was asked for that has an image for every architecture, else of the first substitute that
 * has. What stands in for a substitute is not looked at.
 */
export function chooseRelease(request: ReleaseRequest, { releases, substitutes }: ReleaseOffer): ReleaseChoice {
  if (request.pools.length === 0) return { kind: 'chosen' };
  if (releases.length === 0) return refused(request, NO_IMAGES);
  const newest = newestFirst(releases);
  const { asked } = request;
  const standIns = asked === undefined ? [] : standInsFor(asked, substitutes);
  const candidates = asked === undefined ? newest : [asked, ...standIns].flatMap((release) => newest.filter(({ version }) => isOfRelease(version, release)));
  const found = candidates.find((release) => serves(release, request));
  if (found !== undefined) return { kind: 'chosen', version: found.version };
  const usable = newest.filter((release) => serves(release, request)).map(({ version }) => version);
  return candidates.length === 0 ? noSuchRelease(request, standIns, newest, usable) : noSuchArchitecture(request, candidates, usable);
}

/** What stands in for a release stands in for each of its versions, too, unless the version has its own. */
function standInsFor(asked: string, substitutes: ReleaseOffer['substitutes']): readonly string[] {
  const release = asked.split('.').slice(0, 2).join('.');
  const named = [asked, release].find((each) => Object.hasOwn(substitutes, each));
  return named === undefined ? [] : (substitutes[named] ?? []);
}

const NO_IMAGES = 'this deployment has no image with Slurm: its administrator makes them (docs/slurm-images.md), or every pool names an image that has Slurm';

/** What the history of a job says where another release of Slurm stands in for the one asked for. */
export function substitutionOf(asked: string | undefined, runs: string | undefined): string | undefined {
  if (asked === undefined || runs === undefined || isOfRelease(runs, asked)) return undefined;
  return `Slurm ${runs} stands in for ${asked}: this deployment says so.`;
}

/** Whether a version is of a release, or is the very version: 23.02.7 is of 23.02, and of 23.02.7. */
export function isOfRelease(version: string, release: string): boolean {
  return version === release || version.startsWith(`${release}.`);
}

/** Configuration files and scripts are for Slurm from this release on. */
const OLDEST_RELEASE = '22.05';

/** Whether the orchestrator can make a cluster with a version of Slurm. */
export const isSupported = (version: string): boolean => compareVersions(version, OLDEST_RELEASE) >= 0;

/** The order of versions by their numbers: 23.02.10 comes after 23.02.9. */
export function compareVersions(a: string, b: string): number {
  const [numbers, others] = [numbersOf(a), numbersOf(b)];
  for (let at = 0; at < Math.max(numbers.length, others.length); at += 1) {
    const difference = (numbers[at] ?? -1) - (others[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbersOf = (version: string): readonly number[] => version.split('.').map(Number);

const newestFirst = (releases: readonly RuntimeRelease[]): readonly RuntimeRelease[] => releases.toSorted((a, b) => compareVersions(b.version, a.version));

function serves({ architectures }: RuntimeRelease, { pools }: ReleaseRequest): boolean {
  return pools.every((pool) => pool.architectures.every((architecture) => architectures.includes(architecture)));
}

/** Suggests what is nearest after the release that is missing: what users wrote for the older one mostly works there. */
function noSuchRelease(request: ReleaseRequest, standIns: readonly string[], newest: readonly RuntimeRelease[], usable: readonly string[]): ReleaseChoice {
  const { asked = '' } = request;
  const nor = standIns.length === 0 ? '' : `, nor of what may stand in for it (${standIns.join(', ')})`;
  const list = newest.map(({ version }) => version).toReversed().join(', ');
  const next = usable.findLast((version) => compareVersions(version, asked) > 0) ?? usable[0];
  return refused(request, `this deployment has no image of Slurm ${asked}${nor}; it has: ${list}`, next);
}

const listed = (name: string, architectures: readonly string[]): string => `${name} (${architectures.join(', ')})`;

function noSuchArchitecture(request: ReleaseRequest, present: readonly RuntimeRelease[], usable: readonly string[]): ReleaseChoice {
  const needed = request.pools.map(({ name, architectures }) => listed(name, architectures)).join(', ');
  const there = present.map(({ version, architectures }) => listed(version, architectures)).join(', ');
  return refused(request, `has no image of one version for all pools: they need ${needed}; there are ${there}`, usable[0]);
}

function refused({ asked }: ReleaseRequest, message: string, suggestion?: string): ReleaseChoice {
  const place = asked === undefined ? { path: 'spec.runtime' } : { path: 'spec.runtime.version', value: asked };
  return { kind: 'refused', problem: { code: 'not-offered', ...place, message, ...(suggestion === undefined ? {} : { suggestion }) } };
}
