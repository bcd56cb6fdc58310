import { manifests } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { getManifest } from './get-manifest.ts';

export const handler = apiHandler(getManifest({ manifests }));
