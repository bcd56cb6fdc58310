import { readdirSync, readFileSync } from 'node:fs';

/** The processes of this machine that have to do with a folder: it is mounted where they are, or on their command line. */
export function processesAt(directory: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(({ pid, command }) => command.includes(directory) || read(`/proc/${pid}/mountinfo`).includes(directory));
}

/** Mounts at a folder, and network interfaces, that this process sees: none is made where it is. */
export function tracesIn(directory: string): string[] {
  const mounts = read('/proc/self/mountinfo').split('\n').filter((line) => line.includes(directory));
  const interfaces = read('/proc/self/net/dev').split('\n').map((line) => line.trim()).filter((line) => /^(v[0-9a-f]{12}|br0):/.test(line));
  return [...mounts, ...interfaces];
}

/** Empty of a process that is gone, or is another user's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
