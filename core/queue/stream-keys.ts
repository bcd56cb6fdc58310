/**
 * Keys by which the table's stream is filtered: the store writes them, the constructs name them in the event sources of
 * the scheduler and the publisher.
 */

/** Partitions. */
export const queuePrefix = 'QUEUE#';
export const jobPrefix = 'JOB#';
/** What each cycle of the scheduler looks at. */
export const cyclePartition = 'CYCLE';
/** What operators did. */
export const auditPartition = 'AUDIT';

/** Sort keys in a job's partition. */
export const eventSortPrefix = 'EVENT#';
/** Sort keys in the partition of the cycle. */
export const releaseSortPrefix = 'RELEASE#';
export const pauseSortPrefix = 'PAUSE#';
export const sharesSortKey = 'CONFIG#SHARES';
export const wakeSortKey = 'WAKE';
