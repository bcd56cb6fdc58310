import { catalogue, otherProviders } from '../../composition/catalogue.ts';
import { knowledge } from '../../composition/knowledge.ts';
import { runtimes } from '../../composition/runtimes.ts';
import { clock, deployment, manifests } from '../../composition/stores.ts';
import { newAuditId } from '../../runtime/ids.ts';
import { apiHandler } from '../../runtime/api-handler.ts';
import { putManifest } from './put-manifest.ts';

export const handler = apiHandler(putManifest({ manifests, catalogue, otherProviders, knowledge, runtimes, deployment, clock, newAuditId }));
