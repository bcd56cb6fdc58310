import { jobs } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { listEvents } from './list-events.ts';

export const handler = apiHandler(listEvents({ jobs }));
