import { describe, expect, it } from '@jest/globals';
import { demandOf } from '../../../../core/job/demand.ts';
import { parseManifest } from '../../../../core/manifest/parse.ts';
import { shapeOf } from '../../../../core/queue/lane.ts';
import { aManifest } from '../../../statemachines/manifests.ts';

/** What the one type of the manifest is, offered in these zones. */
function demandWhere(zones: readonly string[] | undefined, served: readonly string[] = ['us-east-1a', 'us-east-1b']) {
  const parsed = parseManifest(aManifest());
  if (!parsed.ok) throw new Error('the manifest is invalid');
  const types = parsed.manifest.spec.nodePools.flatMap(({ instanceTypes }) => instanceTypes);
  const size = { vcpus: 2, gpus: 0, microUsdPerHour: 90_000, ...(zones === undefined ? {} : { zones }) };
  return demandOf(parsed.manifest, new Map(types.map((type) => [type, size])), served);
}

describe('the demand of a job', () => {
  it('names the zones that have any type of a pool, where not all have that its nodes may stand in', () => {
    for (const zones of [undefined, ['us-east-1a', 'us-east-1b'], ['us-east-1c'], []]) {
      for (const pool of demandWhere(zones).pools) expect(pool).not.toHaveProperty('zones');
    }
    for (const pool of demandWhere(['us-east-1b', 'us-east-1c']).pools) expect(pool.zones).toEqual(['us-east-1b']);
  });

  it('is of another shape in other zones, which cool at other times', () => {
    expect(shapeOf(demandWhere(['us-east-1b']), 60)).not.toBe(shapeOf(demandWhere(['us-east-1a']), 60));
    expect(shapeOf(demandWhere(['us-east-1a', 'us-east-1b']), 60)).toBe(shapeOf(demandWhere(undefined), 60));
  });
});
