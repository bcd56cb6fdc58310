import { catalogue } from '../../composition/catalogue.ts';
import { knowledge } from '../../composition/knowledge.ts';
import { clock, cooldowns, deployment } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { getCapacity } from './get-capacity.ts';

export const handler = apiHandler(getCapacity({ catalogue, cooldowns, knowledge, deployment, clock }));
