import { describe } from '@jest/globals';
import { storeContracts } from './contracts.ts';
import { invariantsContract } from './invariants.contract.ts';
import { inMemoryWorld } from './world.ts';

describe.each(storeContracts)('in memory: %s', (_port, contract) => {
  contract(inMemoryWorld);
});

describe('in memory: invariants', () => {
  invariantsContract(100, 60)(inMemoryWorld);
});
