/** Lets time pass, in milliseconds; fails with the signal's reason when that comes first. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Waits on the platform's timer. */
export const wait: Wait = (ms, signal) => new Promise((resolve, reject) => {
  if (signal?.aborted === true) return reject(signal.reason);
  const onAbort = (): void => {
    clearTimeout(timer);
    reject(signal?.reason);
  };
  const timer = setTimeout(() => {
    signal?.removeEventListener('abort', onAbort);
    resolve();
  }, ms);
  signal?.addEventListener('abort', onAbort, { once: true });
});
