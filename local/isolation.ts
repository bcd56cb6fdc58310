/** What the user must know before scripts of jobs run on this system; undefined where they are shut in. */
export function isolationWarning(platform: NodeJS.Platform): string | undefined {
  if (platform === 'linux') return undefined;
  return [
    'WARNING: this system has no namespaces, so the simulated instances are not isolated.',
    'A job\'s script runs as you, with your files within its reach: run only manifests that you trust.',
  ].join('\n');
}
