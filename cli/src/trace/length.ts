const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time to two figures or so: `350 ms`, `4.8 s`, `12 min 5 s`, `3 h 20 min`, `2 d 3 h`. */
export function length(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 2 * MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < 2 * HOUR) return twoUnits(ms, MINUTE, 'min', SECOND, 's');
  return ms < 2 * DAY ? twoUnits(ms, HOUR, 'h', MINUTE, 'min') : twoUnits(ms, DAY, 'd', HOUR, 'h');
}

/** From one length to another: `2.1 to 3.4 s`, `800 ms to 1.2 s`; one that is the same is said once. */
export function lengths(fromMs: number, toMs: number): string {
  const [from, to] = [length(fromMs), length(toMs)];
  if (from === to) return to;
  const [number = '', unit, ...more] = from.split(' ');
  return more.length === 0 && to.endsWith(` ${unit}`) && to.split(' ').length === 2 ? `${number} to ${to}` : `${from} to ${to}`;
}

function twoUnits(ms: number, large: number, name: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${name}${rest === 0 ? '' : ` ${rest} ${smallName}`}`;
}
