/** Something that the simulator writes for an instance: where on this machine, in the instance's folder, and where inside. */
interface Placed {
  readonly host: string;
  readonly inside: string;
}

/** The runs, each in a folder of its own. */
export const RUNS: Placed = { host: 'runs', inside: '/run/fleet/runs' };

/** What the stand-ins read: the machine's environment and the images that it knows. */
export const MACHINE_FILES: readonly Placed[] = [
  { host: 'machine/environment', inside: '/run/fleet/environment' },
  { host: 'machine/images', inside: '/run/fleet/images' },
];
