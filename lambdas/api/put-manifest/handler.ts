import { catalogue, otherProviders } from '../../composition/catalogue.ts';
import { knowledge } from '../../composition/knowledge.ts';
import { clock, deployment, manifests } from '../../composition/stores.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { putManifest } from './put-manifest.ts';

export const handler = apiHandler(putManifest({ manifests, catalogue, otherProviders, knowledge, deployment, clock }));
