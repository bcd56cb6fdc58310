import { InMemoryRuntimeCatalogue } from '../../fakes/in-memory-runtime-catalogue.ts';
import { runtimeCatalogueContract } from './runtime-catalogue.contract.ts';

runtimeCatalogueContract(async () => ({
  newcomer: async (releases) => new InMemoryRuntimeCatalogue(releases),
  close: async () => undefined,
}));
