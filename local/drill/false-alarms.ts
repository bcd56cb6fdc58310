import type { Failures } from './failure.ts';

/** Alarms that may ring in a drill though no failure has them to, and why that is no false alarm. */
const allowed: Readonly<Record<string, string>> = {
  BudgetFast: 'The machines of the drill cost what they cost, and a cloud may have a small budget.',
  SubmissionLatencyFast: 'Functions are processes of one machine, which all failures keep busy at once.',
  SubmissionLatencySlow: 'As SubmissionLatencyFast.',
};

/** Name of an alarm without deployment and severity; `undefined`: one that tells nobody, since others are composed of it. */
const idOf = (name: string): string | undefined => /-(?:wake|look|know)-(.*)$/.exec(name)?.[1];

/** Which alarms rang that nothing of what was done accounts for. */
export function falseAlarms(rang: Iterable<string>, failures: Failures): readonly string[] {
  const expected = new Set(Object.values(failures).map(({ alarm }) => alarm?.id));
  return [...rang].filter((name) => {
    const id = idOf(name);
    return id !== undefined && !expected.has(id) && !Object.hasOwn(allowed, id);
  }).toSorted();
}
