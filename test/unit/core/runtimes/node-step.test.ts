import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jobId } from '../../../../core/job/ids.ts';
import { phases } from '../../../../core/lifecycle/task.ts';
import { parseStepKey, stepKey, unitName, unitOf } from '../../../../core/runtimes/node-step.ts';
import { commentOf, purposeOf } from '../../../../lambdas/adapters/ssm/command-comment.ts';

const job = jobId('01hjob0000000000000000000a');
const places = fc.record({ phase: fc.constantFrom(...phases), index: fc.nat({ max: 99 }), round: fc.nat({ max: 1000 }) });

describe('the key of a step', () => {
  it('is read as it was written, alone and in the comment of a command', () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(parseStepKey(stepKey(place))).toEqual(place);
        const comment = commentOf(job, 10, place);
        expect(purposeOf(comment)).toEqual({ jobId: job, attempt: 10, step: stepKey(place) });
        expect(comment.length).toBeLessThanOrEqual(100);
      }),
    );
  });

  it('of the first configuration names no round', () => {
    expect(stepKey({ phase: 'configure', index: 1 })).toBe('configure/1');
    expect(stepKey({ phase: 'configure', index: 1, round: 2 })).toBe('configure/1.2');
  });
});

describe('the unit of a step', () => {
  it('is the same in every round for a step of the user, and one of its own for a step of the system', () => {
    fc.assert(
      fc.property(places, (place) => {
        const first = unitName(job, 1, place.phase, place.index);
        expect(unitOf(job, 1, { ...place, system: false })).toBe(first);
        const again = unitOf(job, 1, { ...place, system: true });
        expect(again === first).toBe(place.round === 0);
        // What the step document takes as a name.
        expect(again).toMatch(/^orch-[A-Za-z0-9-]{1,120}$/);
      }),
    );
  });
});
