import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

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

/** The real place of an instance's path; undefined where it does not exist or links lead out of the instance. */
export function resolveInside(root: string, path: string): string | undefined {
  const source = join(root, path);
  const real = existsSync(source) ? realpathSync(source) : undefined;
  return real?.startsWith(`${realpathSync(root)}${sep}`) === true ? real : undefined;
}

/** Without a root of its own, an instance finds the machine's files by links. */
export function linkMachineFiles(folder: string): void {
  for (const { host, inside } of MACHINE_FILES) {
    const link = join(folder, 'root', inside);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) {
      symlinkSync(join(folder, host), link);
    }
  }
}
