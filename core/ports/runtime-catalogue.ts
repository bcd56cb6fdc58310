/** A release of a runtime for which the deployment has machine images. */
export interface RuntimeRelease {
  /** Such as `23.02.7`. */
  readonly version: string;
  readonly architectures: readonly ('x86_64' | 'arm64')[];
}

/** Which releases of runtimes the deployment's machine images bring along. */
export interface RuntimeCatalogue {
  /** Releases of Slurm, in no order; perhaps as of a minute ago. */
  slurmReleases(): Promise<readonly RuntimeRelease[]>;
}
