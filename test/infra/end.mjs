// Runs once after all tests of the infrastructure.
import { rmSync } from 'node:fs';

export default function end() {
  rmSync(process.env.INFRA_BUNDLES, { recursive: true, force: true });
}
