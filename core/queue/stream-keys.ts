/**
 * Prefixes of partition keys by which the table's stream is filtered: the store writes them, the constructs name them
 * in the event sources of the scheduler and the publisher.
 */
export const queuePrefix = 'QUEUE#';
export const releasePrefix = 'RELEASE#';
export const jobPrefix = 'JOB#';
export const eventSortPrefix = 'EVENT#';
