/** Where processes die: before or after the so-manieth call to a port, counted over all ports and all lives. */
export interface Crash {
  readonly atCall: number;
  /** `after`: the call took place, and nobody heard of it. */
  readonly when: 'before' | 'after';
}

/** The end of a process. */
class Died extends Error {
  override readonly name = 'Died';
}

/** Ports that kill whoever calls them, at the calls that are named; `onCall` sees the world after each call. */
export function crashingPorts(crashes: readonly Crash[], onCall: () => Promise<void> = async () => undefined): <Port extends object>(port: Port) => Port {
  let calls = 0;
  const dies = (call: number, when: Crash['when']): boolean => crashes.some((crash) => crash.atCall === call && crash.when === when);
  return (port) =>
    new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...given: readonly unknown[]): Promise<unknown> => {
          const call = ++calls;
          if (dies(call, 'before')) throw new Died(`before call ${call}, ${String(name)}`);
          const answer: unknown = await Reflect.apply(member, target, given);
          await onCall();
          if (dies(call, 'after')) throw new Died(`after call ${call}, ${String(name)}`);
          return answer;
        };
      },
    });
}
