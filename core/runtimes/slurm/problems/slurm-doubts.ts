import { formatPath, summarise, type ManifestProblem, type ManifestProblemCode } from '../../../manifest/problems.ts';
import type { Manifest } from '../../../manifest/schema.ts';
import type { Step } from '../../../manifest/steps.ts';
import { asksForSomeWorkers, givenBy, type Given } from '../batch/batch-options.ts';
import type { Directive } from '../batch/sbatch-directives.ts';

/** What is allowed in a manifest for Slurm but probably not meant; nothing for other runtimes. */
export function slurmDoubts(manifest: Manifest): readonly ManifestProblem[] {
  const { runtime, hooks } = manifest.spec;
  if (runtime.type !== 'Slurm') return [];
  return [...imageDoubts(manifest), ...hooks.onRun.flatMap((step, index) => scriptDoubts(manifest, step, index))];
}

const AMI_ID = /^ami-/;

/** The deployment's aliases mostly stand for images of others; who names one by its id knows it. */
function imageDoubts({ spec }: Manifest): readonly ManifestProblem[] {
  return spec.nodePools.flatMap(({ image }, index) => {
    if (image === undefined || AMI_ID.test(image)) return [];
    const message = 'must have Slurm itself: without an image the pool gets one of the deployment that has';
    return [{ code: 'not-offered', path: formatPath(['spec', 'nodePools', index, 'image']), message, value: image }];
  });
}

function scriptDoubts({ spec }: Manifest, step: Step, index: number): readonly ManifestProblem[] {
  const given = givenBy(step);
  const path = formatPath(['spec', 'hooks', 'onRun', index, 'script']);
  const doubt = ({ line, written }: Directive, code: ManifestProblemCode, message: string): ManifestProblem => ({
    code, path, message: `line ${line}, ${written}: ${message}`, value: summarise(written),
  });
  return [
    ...timeDoubts(given, spec.ttlSeconds).map(([directive, message]) => doubt(directive, 'out-of-range', message)),
    ...(spec.onNodeLoss === 'Fail' ? lossDoubts(given).map(([directive, message]) => doubt(directive, 'conflict', message)) : []),
    ...(asksForSomeWorkers({ spec }, given) ? [{ code: 'out-of-range' as const, path, message: ONE_NODE }] : []),
  ];
}

const ONE_NODE = 'asks each node for what perhaps not all pools have, and says no number of nodes: Slurm takes as many as the tasks need, which may be one. Write --nodes, or --partition';

type Doubt = readonly [Directive, string];

function timeDoubts(given: Given, ttlSeconds: number | undefined): readonly Doubt[] {
  const directive = given.get('time');
  const seconds = secondsOf(directive?.value ?? '');
  if (directive === undefined || seconds === undefined || ttlSeconds === undefined || seconds <= ttlSeconds) return [];
  return [[directive, `the cluster lives for ${ttlSeconds} seconds, and its job no longer`]];
}

/** `Fail` is what holds where nobody wrote anything. */
function lossDoubts(given: Given): readonly Doubt[] {
  const [requeue, noKill] = [given.get('requeue'), given.get('no-kill')];
  return [
    ...(requeue === undefined ? [] : [[requeue, 'does not count, since onNodeLoss is Fail: a lost node ends the attempt. Write onNodeLoss: Requeue'] as const]),
    ...(noKill === undefined || noKill.value === 'off' ? [] : [[noKill, 'does not count, since onNodeLoss is Fail: a lost node ends the attempt. Write onNodeLoss: Replace'] as const]),
  ];
}

const DAYS = /^(?<days>\d+)-(?<hours>\d+)(?::(?<minutes>\d+)(?::(?<seconds>\d+))?)?$/;
const HOURS = /^(?<hours>\d+):(?<minutes>\d+):(?<seconds>\d+)$/;
const MINUTES = /^(?<minutes>\d+)(?::(?<seconds>\d+))?$/;

/** A time as Slurm writes it: `90` and `90:00` are minutes, `1:30:00` has hours, `1-12` days; `undefined` for others, and for none. */
function secondsOf(text: string): number | undefined {
  const parts = (DAYS.exec(text) ?? HOURS.exec(text) ?? MINUTES.exec(text))?.groups;
  if (parts === undefined) return undefined;
  const part = (name: string): number => Number(parts[name] ?? 0);
  const seconds = ((part('days') * 24 + part('hours')) * 60 + part('minutes')) * 60 + part('seconds');
  return seconds === 0 ? undefined : seconds;
}
