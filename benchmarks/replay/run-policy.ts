import { Measures, type PolicyResult, type WaitCurve } from './measures.ts';
import type { Load } from './load.ts';
import { contenders } from './policies.ts';
import { simulate } from './simulate.ts';

/** Names a policy and how it did. */
export interface PolicyRun {
  readonly result: PolicyResult;
  readonly curve: WaitCurve;
  readonly cycles: number;
}

/** Replays a load under the policy of this name. */
export function runPolicy(load: Load, name: string): PolicyRun {
  const contender = contenders.find((one) => one.name === name);
  if (contender === undefined) throw new Error(`There is no policy ${name}.`);
  const measures = new Measures(load);
  const { cycles } = simulate(load, contender, measures);
  return { ...measures.close(name), cycles };
}
