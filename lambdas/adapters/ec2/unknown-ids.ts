import { refusalIn } from './ec2-error.ts';

/**
 * Makes a call about instances. EC2 refuses it as a whole when it does not know one of their ids (gone for long, or not yet
 * visible), so those are left out and it is made again for the rest; `undefined` where none is left.
 */
export async function passingOverUnknown<T>(instances: readonly string[], call: (ids: string[]) => Promise<T>): Promise<T | undefined> {
  for (let ids = [...instances]; ids.length > 0; ) {
    try {
      return await call(ids);
    } catch (error) {
      const refusal = refusalIn(error);
      const unknown = new Set<string>(refusal?.code === 'InvalidInstanceID.NotFound' ? refusal.message.match(/\bi-[0-9a-f]+\b/g) : []);
      const known = ids.filter((id) => !unknown.has(id));
      if (known.length === ids.length) throw error;
      ids = known;
    }
  }
  return undefined;
}
