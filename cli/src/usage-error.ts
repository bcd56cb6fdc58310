/** The command, or a file that it names, is not right. The message is for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
