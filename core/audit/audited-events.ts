import type { JobEventType } from '../job/event-types.ts';

/** Entries of histories that somebody asked for: these, and `Audited`, are what the audit's log has of the event bus. */
export const askedForEvents = ['JobSubmitted', 'PriorityChanged', 'CancelRequested', 'ReleaseRequested'] as const satisfies readonly JobEventType[];

/** What the bus calls an entry of the audit: something that an operator did. */
export const AUDITED = 'Audited';
