import { z } from 'zod';

/** A machine image as an administrator names it: by its id, or by the parameter that holds the id. */
export const machineImage = z.string()
  .regex(/^(ami-[0-9a-f]{8,17}|resolve:ssm:\/?[A-Za-z0-9_./-]+)$/, 'an AMI id, or resolve:ssm:<parameter>');
