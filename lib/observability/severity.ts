/**
 * What an alarm asks of a person: wake up and act, look at it today, or know it when you are at it. Each has a topic
 * of its own, so that whoever is on call decides what may ring at night.
 */
export const severities = ['wake', 'look', 'know'] as const;

export type Severity = (typeof severities)[number];
