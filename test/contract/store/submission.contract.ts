import { beforeEach, describe, expect, it } from '@jest/globals';
import { queueEntryOf } from '../../../core/lifecycle/queue-entry.ts';
import type { Submission } from '../../../core/ports/job-store.ts';
import { after, idOf, manifest, queued, submission, submitted } from './submissions.ts';
import type { NewWorld, StoreWorld } from './world.ts';

const DAY_MS = 86_400_000;

const keyed = (n: number, requestDigest: string, nowMs = after(n)): Submission => {
  const plain = submission(n, { submittedAtMs: nowMs });
  return { ...plain, idempotency: { key: 'key', requestDigest, expiresAtMs: after(n + DAY_MS) } };
};

export function submissionContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('JobStore.submit', () => {
    it('writes job, history, script and queue entry', async () => {
      const { job, events } = submission(1, { hasScript: true });
      expect(await world.jobs.submit({ job, events, script: 'echo "ü"\n' })).toEqual({ kind: 'created', job });
      expect(await world.jobs.get(job.jobId)).toEqual(job);
      expect((await world.jobs.events(job.jobId, 10)).items).toEqual(events);
      expect(await world.jobs.script(job.jobId)).toBe('echo "ü"\n');
      expect(await queued(world)).toEqual([queueEntryOf(job)]);
    });

    it('has no script where none was given', async () => {
      await submitted(world, 1);
      expect(await world.jobs.script(idOf(1))).toBeUndefined();
    });

    it('answers the job of before when the same request comes again', async () => {
      const first = await world.jobs.submit(keyed(1, 'same'));
      expect(first).toMatchObject({ kind: 'created' });
      const second = await world.jobs.submit(keyed(2, 'same'));
      expect(second).toEqual({ kind: 'replayed', job: keyed(1, 'same').job });
      expect(await world.jobs.get(idOf(2))).toBeUndefined();
    });

    it('tells what a key was used for, and takes nothing in', async () => {
      expect(await world.jobs.earlier(keyed(1, 'same'))).toBeUndefined();
      await world.jobs.submit(keyed(1, 'same'));
      expect(await world.jobs.earlier(keyed(2, 'same'))).toEqual({ kind: 'replayed', job: keyed(1, 'same').job });
      expect(await world.jobs.earlier(keyed(2, 'another'))).toEqual({ kind: 'keyReused' });
      expect(await world.jobs.earlier(submission(3))).toBeUndefined();
      expect(await queued(world)).toEqual([queueEntryOf(keyed(1, 'same').job)]);
    });

    it('makes one job of the same request sent many times at once', async () => {
      const results = await Promise.all([1, 2, 3, 4].map((n) => world.jobs.submit(keyed(n, 'same'))));
      expect(results.map((result) => result.kind).sort()).toEqual(['created', 'replayed', 'replayed', 'replayed']);
      expect((await world.jobs.list({ namespace: 'research' }, 10)).items).toHaveLength(1);
    });

    it('refuses a known key with another request', async () => {
      await world.jobs.submit(keyed(1, 'one'));
      expect(await world.jobs.submit(keyed(2, 'another'))).toEqual({ kind: 'keyReused' });
    });

    it('forgets a key when its time is over, and keeps namespaces apart', async () => {
      await world.jobs.submit(keyed(1, 'one'));
      const later = keyed(2, 'another', after(2 * DAY_MS));
      expect(await world.jobs.submit(later)).toEqual({ kind: 'created', job: later.job });
      const elsewhere = keyed(3, 'third');
      expect(await world.jobs.submit({ ...elsewhere, job: { ...elsewhere.job, namespace: 'other' } })).toMatchObject({ kind: 'created' });
    });
  });

  describe('JobStore.submit with a manifest', () => {
    it('writes its first version, and names it', async () => {
      const result = await world.jobs.submit({ ...submission(1), manifest: manifest('a') });
      const { digest } = manifest('a');
      expect(result).toMatchObject({ kind: 'created', job: { manifest: { name: 'cluster', version: 1, digest } } });
      expect(await world.jobs.get(idOf(1))).toMatchObject({ manifest: { version: 1, digest } });
      expect(await world.manifests.get('research', 'cluster')).toEqual({ ...manifest('a'), version: 1 });
    });

    it('names the version that has the digest already, the latest or an earlier one', async () => {
      await world.manifests.put(manifest('a'));
      await world.manifests.put(manifest('b'));
      const latest = await world.jobs.submit({ ...submission(1), manifest: manifest('b') });
      const earlier = await world.jobs.submit({ ...submission(2), manifest: manifest('a') });
      expect(latest).toMatchObject({ job: { manifest: { version: 2 } } });
      expect(earlier).toMatchObject({ job: { manifest: { version: 1 } } });
      expect((await world.manifests.versions('research', 'cluster', 10)).items).toHaveLength(2);
    });

    it('gives concurrent submissions of different manifests versions of their own', async () => {
      const results = await Promise.all([1, 2, 3, 4].map((n) => world.jobs.submit({ ...submission(n), manifest: manifest(`m${n}`) })));
      const versions = results.map((result) => (result.kind === 'created' ? result.job.manifest.version : 0));
      expect(versions.sort()).toEqual([1, 2, 3, 4]);
    });

    it('leaves no version behind when the request was known', async () => {
      await world.jobs.submit({ ...keyed(1, 'same'), manifest: manifest('a') });
      expect(await world.jobs.submit({ ...keyed(2, 'same'), manifest: manifest('b') })).toMatchObject({ kind: 'replayed', job: { jobId: idOf(1) } });
      expect((await world.manifests.versions('research', 'cluster', 10)).items).toHaveLength(1);
    });
  });
}
