import { aDeployment, ZONES } from '../../builders/capacity.ts';
import { InMemoryMarketKnowledge } from '../../fakes/in-memory-market-knowledge.ts';
import { marketKnowledgeContract } from './market-knowledge.contract.ts';

marketKnowledgeContract(async () => {
  let knowledge = new InMemoryMarketKnowledge();
  return {
    newcomer: () => knowledge,
    tell: async ({ bands, quotas, reservations }) => {
      knowledge = new InMemoryMarketKnowledge();
      knowledge.bands = new Map(Object.entries(bands));
      knowledge.quotas = new Map([['Standard/on-demand', quotas.standardOnDemand], ['P/spot', quotas.pSpot]]);
      knowledge.reserved = reservations;
      knowledge.addresses = new Map(Object.values(aDeployment().subnets).map((id) => [id, 4091]));
      knowledge.scores = new Map(ZONES.map((zone, index) => [zone, index + 3]));
    },
    silence: async () => {
      knowledge = new InMemoryMarketKnowledge();
    },
    close: async () => undefined,
  };
});
