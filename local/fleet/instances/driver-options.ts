/** How process instances are made. */
export interface DriverOptions {
  /** Holds a folder for each instance. */
  readonly directory: string;
  readonly standIns: string;
  /** Folders of this machine that instances see, read-only, even where their own folders hide them. */
  readonly visible: readonly string[];
  readonly python: string;
}
