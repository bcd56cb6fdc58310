import { catalogue, otherProviders } from '../../composition/catalogue.ts';
import { knowledge } from '../../composition/knowledge.ts';
import { runtimes } from '../../composition/runtimes.ts';
import { deployment } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { validateManifest } from './validate-manifest.ts';

export const handler = apiHandler(validateManifest({ catalogue, otherProviders, knowledge, runtimes, deployment }));
