/** Decides for each call of a port, with its arguments, whether it fails, and whether before or after it did its work. */
export type Gate = (call: string, values: readonly unknown[]) => 'before' | 'after' | undefined;

/** A port whose calls fail as the gate says: what a crash, a time-out or a lost answer looks like to its caller. */
export function flaky<Port extends object>(name: string, port: Port, gate: Gate): Port {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return async (...values: unknown[]): Promise<unknown> => {
        const call = `${name}.${String(key)}`;
        const fault = gate(call, values);
        if (fault === 'before') throw new Error(`${call} was not made`);
        const result: unknown = await Reflect.apply(member, target, values);
        if (fault === 'after') throw new Error(`the answer of ${call} was lost`);
        return result;
      };
    },
  });
}
