import type { Charge } from '../../test/contract/store/unit-meter.ts';

/** Capacity units. */
export type Units = Pick<Charge, 'writeUnits' | 'readUnits'>;
