import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bounds, launchCodes } from '../../../../core/metrics/catalogue.ts';
import { namespaceDimension } from '../../../../core/metrics/dimensions.ts';
import { codeDimension, labelDimension, priorityClass } from '../../../../core/metrics/job-dimensions.ts';
import { jobStates, outcomes } from '../../../../core/lifecycle/states.ts';
import { deploymentConfiguration } from '../../../../lib/configuration/schema.ts';

const name = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('constructor', '__proto__', '*', 'other', ...launchCodes));
const many = fc.array(name, { minLength: 100, maxLength: 10_000, size: 'max' });
const distinct = (values: readonly string[]): number => new Set(values).size;
const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `n${n}`);

/** Whether the configuration takes so many namespaces, or values of a label. */
const takes = (configuration: unknown): boolean => deploymentConfiguration.safeParse(configuration).success;
const namespaces = (count: number) => Object.fromEntries(numbered(count).map((one) => [one, {}]));
const label = (count: number) => ({ telemetry: { costLabel: { key: 'team', values: numbered(count) } } });

describe('a dimension has no more values than are paid for', () => {
  it('whatever namespaces jobs are submitted to', () => {
    fc.assert(fc.property(fc.uniqueArray(name, { maxLength: bounds.Namespace.values - 1 }), many, (configured, submitted) => {
      const named = Object.fromEntries(configured.map((one) => [one, {}]));
      return distinct([...configured, ...submitted].map((one) => namespaceDimension(named, one))) <= bounds.Namespace.values;
    }), { numRuns: 20 });
  });

  it('whatever EC2 answers', () => {
    fc.assert(fc.property(many, (codes) => distinct(codes.map(codeDimension)) <= bounds.Code.values), { numRuns: 20 });
    expect(distinct([...launchCodes, 'ComputerSaysNo'].map(codeDimension))).toBe(bounds.Code.values);
  });

  it('whatever labels jobs have', () => {
    fc.assert(fc.property(fc.array(name, { maxLength: bounds.Label.values - 1 }), many, name, (values, written, key) => {
      const labels = [{}, ...written.map((value) => Object.fromEntries([[key, value]]))];
      return distinct(labels.map((one) => labelDimension({ key, values }, one))) <= bounds.Label.values;
    }), { numRuns: 20 });
  });

  it('whatever priority they have', () => {
    fc.assert(fc.property(fc.array(fc.double()), (priorities) => distinct(priorities.map(priorityClass)) <= bounds.PriorityClass.values));
  });

  it('whatever becomes of them', () => {
    expect([jobStates.length, outcomes.length]).toEqual([bounds.State.values, bounds.Outcome.values]);
  });

  it('whatever is configured', () => {
    const most = { namespaces: bounds.Namespace.values - 1, label: bounds.Label.values - 1 };
    expect([takes({ namespaces: namespaces(most.namespaces) }), takes(label(most.label))]).toEqual([true, true]);
    expect([takes({ namespaces: namespaces(most.namespaces + 1) }), takes(label(most.label + 1))]).toEqual([false, false]);
  });
});
