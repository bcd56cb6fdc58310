import { InMemoryAttemptSecrets } from '../../fakes/in-memory-attempt-secrets.ts';
import { attemptSecretsContract } from './attempt-secrets.contract.ts';

attemptSecretsContract('in memory', async () => ({ newcomer: () => new InMemoryAttemptSecrets(), close: async () => undefined }));
