import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { quotaFamilies } from '../../../../core/capacity/error-scope.ts';
import { readAccountQuotas, vcpuQuotas } from '../../../../lambdas/adapters/knowledge/account-quotas.ts';
import { silentLog } from '../../../builders/capacity.ts';

describe('vcpuQuotas', () => {
  it('knows the vCPU quotas of EC2 by their codes, and leaves out what counts something else', () => {
    expect(vcpuQuotas([
      { QuotaCode: 'L-1216C47A', Value: 1152 },
      { QuotaCode: 'L-34B43A08', Value: 0 },
      { QuotaCode: 'L-0263D0A3', Value: 5 },
      { QuotaCode: 'L-417A185B' },
      {},
    ])).toEqual({ 'Standard/on-demand': 1152, 'Standard/spot': 0 });
  });

  it('takes the larger of two quotas that count for one family, in either order', () => {
    const [p4, p5] = [{ QuotaCode: 'L-7212CCBC', Value: 96 }, { QuotaCode: 'L-C4BD4855', Value: 768 }];
    expect([vcpuQuotas([p4, p5]), vcpuQuotas([p5, p4])]).toEqual([{ 'P/spot': 768 }, { 'P/spot': 768 }]);
  });

  it('does not know a family of which Service Quotas could not read one quota, whatever value stands beside the error', () => {
    const failed = { QuotaCode: 'L-C4BD4855', Value: 0, ErrorReason: { ErrorCode: 'DEPENDENCY_THROTTLING_ERROR' } };
    const [p4, standard] = [{ QuotaCode: 'L-7212CCBC', Value: 96 }, { QuotaCode: 'L-1216C47A', Value: 320 }];
    for (const listed of [[p4, failed, standard], [failed, standard, p4]]) expect(vcpuQuotas(listed)).toEqual({ 'Standard/on-demand': 320 });
  });

  it('is not misled by a code that is a word of the language', () => {
    expect(vcpuQuotas([{ QuotaCode: 'constructor', Value: 1 }, { QuotaCode: '__proto__', Value: 1 }])).toEqual({});
  });

  it('counts only families that launches are counted in', () => {
    const codes = ['L-1216C47A', 'L-34B43A08', 'L-DB2E81BA', 'L-3819A6DF', 'L-417A185B', 'L-7212CCBC', 'L-74FC7D96', 'L-88CF9481', 'L-7295265B',
      'L-E3A00192', 'L-1945791B', 'L-B5D1601B', 'L-2C3B7624', 'L-6B0D517C', 'L-6E869C2A', 'L-85EED4F7', 'L-43DA4232', 'L-F7808C92'];
    const families = Object.keys(vcpuQuotas(codes.map((QuotaCode) => ({ QuotaCode, Value: 1 })))).map((key) => key.split('/')[0]);
    expect(families).toHaveLength(codes.length);
    expect(quotaFamilies.filter((family) => !families.includes(family))).toEqual(['Mac']);
    expect(families.filter((family) => !quotaFamilies.includes(family ?? ''))).toEqual([]);
  });
});

describe('readAccountQuotas', () => {
  const saying = (quotas: readonly object[]): ServiceQuotasClient => {
    const handle = async () => ({ response: { statusCode: 200, headers: {}, body: Readable.from([JSON.stringify({ Quotas: quotas })]) } });
    return new ServiceQuotasClient({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestHandler: { handle } });
  };
  const failed = (QuotaCode: string) => ({ QuotaCode, Value: 5, ErrorReason: { ErrorCode: 'SERVICE_QUOTA_NOT_AVAILABLE_ERROR', ErrorMessage: 'Later.' } });

  it('says in the log which quotas could not be read, and brings the others', async () => {
    const said: unknown[] = [];
    const log = { info: () => undefined, warn: (...line: unknown[]) => void said.push(line) };
    const client = saying([failed('L-1216C47A'), failed('L-0263D0A3'), { QuotaCode: 'L-7212CCBC', Value: 96 }]);
    expect(await readAccountQuotas(client, log)).toEqual({ 'P/spot': 96 });
    expect(said).toEqual([['Service Quotas could not read some quotas', { quotas: ['Standard/on-demand'] }]]);
  });

  it('fails where none could be read, so that those of before are kept', async () => {
    await expect(readAccountQuotas(saying([failed('L-1216C47A')]), silentLog)).rejects.toThrow('tells no vCPU quota');
  });
});
