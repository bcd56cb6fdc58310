import { manifests } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { listManifestVersions } from './list-manifest-versions.ts';

export const handler = apiHandler(listManifestVersions({ manifests }));
