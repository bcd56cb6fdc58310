import { DEFAULT_PROVIDER } from './provider-registry.ts';

/** What the log says of a launch that is refused for good, of what operators have to mend. */
export const LAUNCH_REFUSED = 'Launch refused';

/** Who refuses the launches of a job, in words. */
export const refuserOf = ({ provider = DEFAULT_PROVIDER }: { readonly provider?: string }): string => (provider === DEFAULT_PROVIDER ? 'EC2' : `provider ${provider}`);

/** Whether a launch was refused for an image that a manifest names by its id: its author's matter, and no one else's. */
export const isOfManifest = (image: string | undefined, code: string): boolean => image?.startsWith('ami-') === true && code.startsWith('InvalidAMI');

/** Whose matter a refused launch is: without reservations that cannot be used a job goes on, and for anything of the operators' others will fail, too. */
export function menderOf({ market, theirs }: { readonly market: string; readonly theirs?: boolean }): 'reservations' | 'manifest' | 'operators' {
  if (market === 'reserved') return 'reservations';
  return theirs === true ? 'manifest' : 'operators';
}
