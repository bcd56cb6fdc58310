import { manifests } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { listManifests } from './list-manifests.ts';

export const handler = apiHandler(listManifests({ manifests }));
