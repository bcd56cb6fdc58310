/** What the log says of a launch that is refused for good: an alarm counts these lines. */
export const LAUNCH_REFUSED = 'Launch refused';
