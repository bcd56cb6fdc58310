import { describe } from '@jest/globals';
import { storeContracts } from './contracts.ts';
import { inMemoryWorld } from './world.ts';

describe.each(storeContracts)('in memory: %s', (_port, contract) => {
  contract(inMemoryWorld);
});
