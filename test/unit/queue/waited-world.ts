import type { JobId } from '../../../core/job/ids.ts';
import type { PauseScope } from '../../../core/queue/pause.ts';
import { pauseTarget } from '../../../core/scheduling/pause-target.ts';
import type { Waited } from '../../../core/scheduling/waited.ts';
import { MINUTE_MS } from './lack-of-capacity.ts';
import { SchedulerWorld } from './scheduler-world.ts';

/** A scheduler that time passes for in minutes, and what it tells of waits. */
export class WaitedWorld extends SchedulerWorld {
  override maxRunningJobs = 1000;
  /** Lanes that were noted by themselves, and notes of places. */
  lanes = 0;
  places = 0;
  override gate: SchedulerWorld['gate'] = (call, values) => {
    if (call === 'store.noteLanes' && Array.isArray(values[1])) this.lanes += values[1].length;
    if (call === 'store.noteRoom') this.places += 1;
    return undefined;
  };

  pause(scope: PauseScope, reason = 'bill'): void {
    this.table.pauses.set(pauseTarget(scope), { scope, by: 'ops', reason, atMs: this.clock.now() });
  }

  resume(scope: PauseScope): void {
    this.table.pauses.delete(pauseTarget(scope));
  }

  /** A scheduler looks after so long, and does not wait for ever that others find machines. */
  async look(minutes = 1, cycles = 3): Promise<void> {
    this.clock.advance(minutes * MINUTE_MS);
    let asked = 0;
    // It asks before a cycle, and before it waits.
    await this.schedule('me', this.ports(), () => (asked += 1) < 2 * cycles);
  }

  /** One looks every minute. */
  async lookFor(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) await this.look();
  }

  async waited(id: JobId): Promise<readonly Waited[] | undefined> {
    const { items } = await this.jobs.events(id, 100);
    return items.find(({ from }) => from === 'PENDING')?.data?.['waited'] as readonly Waited[] | undefined;
  }

  /** Code and detail with the minutes for which it waited so, in whole ones. */
  async inMinutes(id: JobId): Promise<readonly (readonly [string, number])[]> {
    return ((await this.waited(id)) ?? []).map(({ code, detail, sinceMs, untilMs }) => [detail === undefined ? code : `${code}: ${detail}`, Math.round((untilMs - sinceMs) / MINUTE_MS)]);
  }

  /** Looks for machines no more, whoever did. */
  async configureAll(): Promise<void> {
    for (const { jobId: id, state } of this.table.jobs.values()) if (state === 'ACQUIRING_CAPACITY') await this.configure(id);
  }
}
