import { jobStates, outcomes, terminalStates, type JobState } from '../../../core/lifecycle/states.ts';
import type { DashboardDefinition, Row } from './model.ts';
import { plain, type Observed } from './observed.ts';
import { graph, stack } from './panels.ts';
import { metricsOf } from './sources.ts';

/** What waits, for how long, and who holds what. */
export function queueDashboard(seen: Observed): DashboardDefinition {
  return { suffix: 'queue', title: 'Queue and shares', hours: 24, variables: [], rows: [waiting(seen), passing(seen), shares(seen)] };
}

function waiting({ deployment, namespaces, priorityClasses }: Observed): Row {
  const metrics = metricsOf(deployment);
  return {
    title: 'Waiting',
    panels: [
      stack('Jobs that wait', 'count', [metrics.by('QueueDepth', 'Namespace', namespaces, 'Maximum')]),
      graph('The oldest at the head of a lane has waited', 'seconds', [metrics.by('OldestWaitSeconds', 'Namespace', namespaces, 'Maximum')]),
      graph('The oldest without capacity has waited', 'seconds', [metrics.by('CapacityWaitSeconds', 'PriorityClass', priorityClasses, 'Maximum')],
        'Of jobs that EC2 had nothing for when they asked last, since their submission.'),
      graph('Submitted', 'count', [metrics.by('JobsSubmitted', 'Namespace', namespaces, 'Sum')]),
    ],
  };
}

function passing({ deployment, namespaces, priorityClasses }: Observed): Row {
  const metrics = metricsOf(deployment);
  // Nothing leaves a state in which a job ends.
  const left = jobStates.filter((state) => !(terminalStates as readonly JobState[]).includes(state)).map(plain);
  return {
    title: 'On their way',
    panels: [
      graph('Admitted', 'count', [metrics.by('JobsAdmitted', 'Namespace', namespaces, 'Sum')]),
      graph('Time in a state, median', 'seconds', [metrics.by('SecondsInState', 'State', left, 'p50')]),
      graph('Time in a state, p95', 'seconds', [metrics.by('SecondsInState', 'State', left, 'p95')]),
      graph('Time to capacity, median', 'seconds', [metrics.by('SecondsToCapacity', 'PriorityClass', priorityClasses, 'p50')],
        'From the submission until the whole gang was launched. 31 days: more than half were given nothing, and have given up.'),
      graph('Time to capacity, p95', 'seconds', [metrics.by('SecondsToCapacity', 'PriorityClass', priorityClasses, 'p95')],
        '31 days: more than one in twenty was given nothing, and has given up.'),
      stack('Ended', 'count', [metrics.by('JobsEnded', 'Outcome', outcomes.map(plain), 'Sum')]),
    ],
  };
}

function shares({ deployment, namespaces }: Observed): Row {
  const metrics = metricsOf(deployment);
  const half = { width: 12 };
  return {
    title: 'Held by namespace',
    panels: [
      { ...stack('Nodes held', 'count', [metrics.by('RunningNodes', 'Namespace', namespaces, 'Maximum')]), ...half },
      { ...stack('What their machines cost', 'usdPerHour', [metrics.by('CostPerHourUsd', 'Namespace', namespaces, 'Maximum')]), ...half },
    ],
  };
}
