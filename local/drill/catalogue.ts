import { capacityFailures } from './failures/capacity.ts';
import { nodeFailures } from './failures/nodes.ts';
import { peopleFailures } from './failures/people.ts';
import { serviceFailures } from './failures/services.ts';
import { stepFailures } from './failures/steps.ts';
import type { Failures } from './failure.ts';

/** All failures in groups, in the order in which they are told. */
export const failureGroups: readonly { readonly title: string; readonly failures: Failures }[] = [
  { title: 'Machines that cannot be had', failures: capacityFailures },
  { title: 'Machines', failures: nodeFailures },
  { title: 'Hooks and jobs', failures: stepFailures },
  { title: 'People', failures: peopleFailures },
  { title: 'Services and parts', failures: serviceFailures },
];

/** Every failure of the drill, by what happens. */
export const failures: Failures = Object.fromEntries(failureGroups.flatMap((group) => Object.entries(group.failures)));
