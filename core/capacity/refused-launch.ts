import { DEFAULT_PROVIDER } from './provider-registry.ts';

/** What the log says of a launch that is refused for good: an alarm counts these lines. */
export const LAUNCH_REFUSED = 'Launch refused';

/** Who refuses the launches of a job, in words. */
export const refuserOf = ({ provider = DEFAULT_PROVIDER }: { readonly provider?: string }): string => (provider === DEFAULT_PROVIDER ? 'EC2' : `provider ${provider}`);
