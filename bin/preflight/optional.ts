/** Hears what could not be asked, and why. */
export type Complain = (action: string, why: string) => void;

/** The answer, or `undefined` when the call fails: one refusal must not hide the other findings. */
export async function optional<T>(action: string, complain: Complain, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    complain(action, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    return undefined;
  }
}
