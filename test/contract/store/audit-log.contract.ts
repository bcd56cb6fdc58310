import { beforeEach, describe, expect, it } from '@jest/globals';
import { auditEntry } from './audit-entries.ts';
import type { NewWorld, StoreWorld } from './world.ts';

export function auditLogContract(newWorld: NewWorld): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await newWorld();
  });

  describe('AuditLog', () => {
    it('keeps what was recorded as it was, whatever it says', async () => {
      const entry = auditEntry(1, {
        by: 'Ünïcode 🧪', reason: 'a "quote",\na line and #hashes',
        origin: { principal: 'arn:aws:sts::123456789012:assumed-role/ops/ada', sourceIp: '2001:db8::7', userAgent: 'orch/1 (ünïcode)', requestId: 'r-1' },
      });
      await world.audit.record(entry);
      expect(await world.audit.list(10)).toEqual({ items: [entry] });
    });

    it('lists the newest first, page by page', async () => {
      for (const n of [2, 1, 3, 5, 4]) await world.audit.record(auditEntry(n));
      const first = await world.audit.list(2);
      expect(first.items).toEqual([auditEntry(5), auditEntry(4)]);
      const second = await world.audit.list(2, first.cursor);
      expect(second.items).toEqual([auditEntry(3), auditEntry(2)]);
      expect(await world.audit.list(2, second.cursor)).toEqual({ items: [auditEntry(1)] });
    });

    it('refuses a cursor that it did not give out', async () => {
      await expect(world.audit.list(2, Buffer.from('not/an id').toString('base64url'))).rejects.toMatchObject({ name: 'InvalidRequestError' });
    });
  });
}
