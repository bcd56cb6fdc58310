import type { Credentials } from '../../../local/environment-file.ts';
import { sharedCloud, type SharedCloud } from '../cloud/shared-cloud.ts';
import { PromisedAnswers, type OpenApiDocument } from './promised-answers.ts';
import { sendRaw, type RawAnswer, type RawRequest } from './raw-request.ts';

/** An answer whose body the OpenAPI document's schema has accepted. */
export interface Answer<Body> extends RawAnswer {
  readonly body: Body;
}

/** The deployed API over plain HTTP. Every answer is held to the OpenAPI document that the deployment serves. */
export interface DeployedApi {
  readonly cloud: SharedCloud;
  /** The served document as it came. */
  readonly document: OpenApiDocument;
  /** Sends a request that is signed by the researcher, by other credentials, or with `null` not at all. */
  call<Body>(request: RawRequest, credentials?: Credentials | null): Promise<Answer<Body>>;
}

export async function deployedApi(): Promise<DeployedApi> {
  const cloud = await sharedCloud();
  const served = await sendRaw(cloud.apiUrl, { method: 'GET', path: '/v1/openapi.json' }, cloud.researcher);
  const document: OpenApiDocument = JSON.parse(served.text);
  const promised = new PromisedAnswers(document);
  return {
    cloud,
    document,
    call: async (request, credentials = cloud.researcher) => {
      const answer = await sendRaw(cloud.apiUrl, request, credentials ?? undefined);
      promised.check(request, answer);
      return { ...answer, body: answer.text === '' ? undefined : JSON.parse(answer.text) };
    },
  };
}
