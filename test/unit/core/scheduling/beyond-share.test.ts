import { describe, expect, it } from '@jest/globals';
import { beyondLimits, beyondPriority } from '../../../../core/scheduling/beyond-share.ts';
import { aDemand, aGroup, aNamespace, aShareTree, type JobSketch } from '../../../builders/scheduling.ts';

const tree = aShareTree({
  quotas: { 'Standard/spot': 64, 'Standard/on-demand': 32 },
  groups: [aGroup('science', { limits: { gpus: 8 } })],
  namespaces: [aNamespace('lattice', { parent: 'science', limits: { nodes: 20, microUsdPerHour: 5_000_000 }, maxPriority: 750 })],
});
const messageOf = (sketch: JobSketch, namespace = 'lattice') => beyondLimits({ namespace, user: 'ada', demand: aDemand(sketch) }, tree, 10)?.message;

describe('a job that could never start', () => {
  it.each([
    ['a limit of its namespace', { nodes: 21, vcpus: 21 }, 'ask for 21 nodes; namespace lattice may hold 20 nodes at most'],
    ['a limit above it', { gpus: 9 }, 'ask for 9 GPUs; group science may hold 8 GPUs at most'],
    ['a limit in dollars', { microUsdPerHour: 6_000_000 }, 'ask for 6.00 USD/h; namespace lattice may hold 5.00 USD/h at most'],
    ['an account quota', { vcpus: 40 }, 'ask for 40 vCPUs of an account quota that is smaller (Standard/on-demand 32)'],
  ])('for %s is told so', (_, sketch, message) => {
    expect(messageOf(sketch)).toBe(message);
  });

  it.each([
    ['is just as large as the limits', { nodes: 20, vcpus: 32, gpus: 8, microUsdPerHour: 5_000_000 }],
    ['fits one of the quotas that it may use', { vcpus: 40, markets: ['spot', 'on-demand'] as const }],
  ])('is not one that %s', (_, sketch) => {
    expect(messageOf(sketch)).toBeUndefined();
  });

  it('is held to the limits of its own path only', () => {
    expect(messageOf({ nodes: 21, vcpus: 21 }, 'elsewhere')).toBeUndefined();
  });
});

describe('a priority', () => {
  it('may be as high as its namespace’s ceiling', () => {
    expect(beyondPriority(750, 'lattice', tree, 'priority')).toBeUndefined();
    expect(beyondPriority(751, 'lattice', tree, 'priority')).toMatchObject({ path: 'priority', message: 'is 751; jobs of namespace lattice may have 750 at most' });
    expect(beyondPriority(1000, 'elsewhere', tree, 'priority')).toBeUndefined();
  });
});
