import { STSClient } from '@aws-sdk/client-sts';

/** The region of the environment or the profile, as every client finds it. */
export async function profileRegion(): Promise<string | undefined> {
  try {
    return await new STSClient({}).config.region();
  } catch {
    return undefined; // the configuration may name one
  }
}
