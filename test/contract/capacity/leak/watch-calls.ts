import type { EC2Client } from '@aws-sdk/client-ec2';
import type { DeathWatch } from './death-watch.ts';
import type { Phase } from './phases.ts';
import type { Work } from './work.ts';

/** Lets the watch see each request that goes to EC2, repeated ones too, and its answer. */
export function watchCalls(ec2: EC2Client, watch: DeathWatch, kind: Work['kind']): void {
  const { during, after } = kind === 'release' ? ofRelease : ofAcquisition;
  ec2.middlewareStack.add(
    (next, { commandName = '' }) => async (args) => {
      const before = watch.phase;
      watch.enter(during(commandName, before));
      try {
        return await next(args);
      } finally {
        const phase = after(commandName, before);
        if (phase !== undefined) watch.enter(phase);
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'watch' },
  );
}

interface Phases {
  readonly during: (command: string, before: Phase) => Phase;
  readonly after: (command: string, before: Phase) => Phase | undefined;
}

const ofRelease: Phases = {
  during: (command, before) => {
    if (command === 'CreateFleetCommand') return 'release: asking once more for a lost answer';
    if (command === 'TerminateInstancesCommand') return 'release: ending machines';
    return before === 'release: seeing them go' ? before : 'release: looking for machines';
  },
  after: (command) => (command === 'TerminateInstancesCommand' ? 'release: seeing them go' : undefined),
};

const ofGivingUp: readonly Phase[] = ['marked as given up, not yet ended', 'ending what was given up', 'seeing the given up go'];

const ofAcquisition: Phases = {
  during: (command, before) => {
    if (command === 'CreateFleetCommand') return 'during the call';
    if (before === 'finishing a giving up') return before;
    const givesUp = ofGivingUp.includes(before);
    if (command === 'TerminateInstancesCommand') return givesUp ? 'ending what was given up' : 'ending what is replaced';
    return givesUp ? 'seeing the given up go' : 'waiting to see the machines';
  },
  after: (command, before) => {
    if (command === 'CreateFleetCommand') return 'between the call and the record of its answer';
    return command === 'TerminateInstancesCommand' && ofGivingUp.includes(before) ? 'seeing the given up go' : undefined;
  },
};
