import { describe, expect, it } from '@jest/globals';
import { parseTrace, partOfTrace } from '../../../../benchmarks/capacity/trace.ts';

const availability = `date,east-a,east-b,price_east-a,price_east-b
2024-01-01 00:00:00,1,0,0.5,0.5
2024-01-01 00:03:00,0,0,0.5,0.5
2024-01-01 00:06:00,0,1,0.5,0.5
`;
const counts = `scheduled_at,status,east-a,east-b
2024-01-01T00:00:00.000123-07:00,success,16,3
2024-01-01T00:05:00.000123-07:00,failed,0,0
2024-01-01T00:10:00.000123-07:00,success,,16
`;

describe('a capacity trace', () => {
  it('says of zones with 0 and 1 that there is none, or some', () => {
    const trace = parseTrace(availability, 'made up');
    expect(trace.kind).toBe('availability');
    expect([...trace.levels]).toEqual([['east-a', [Infinity, 0, 0]], ['east-b', [0, 0, Infinity]]]);
  });

  it('leaves out measurements that failed and repeats what is not said again', () => {
    const trace = parseTrace(counts, 'made up');
    expect(trace.kind).toBe('counts');
    expect([...trace.levels]).toEqual([['east-a', [16, 16]], ['east-b', [3, 16]]]);
    expect(trace.timesMs).toEqual([Date.parse('2024-01-01T07:00:00Z'), Date.parse('2024-01-01T07:10:00Z')]);
  });

  it('takes the last measurement to hold as long as most do', () => {
    expect(parseTrace(availability, 'made up').endMs).toBe(Date.parse('2024-01-01T00:09:00Z'));
  });

  it('ends a part where the next measurement begins', () => {
    const part = partOfTrace(parseTrace(availability, 'made up', ['east-b']), 0, 0.5);
    expect(part.levels.get('east-b')).toEqual([0, 0]);
    expect(part.endMs).toBe(Date.parse('2024-01-01T00:06:00Z'));
    expect(() => partOfTrace(part, 0.5, 0.5)).toThrow('There is no measurement between 0.5 and 0.5 of made up.');
  });

  it('names the zones that there are when asked for another', () => {
    expect(() => parseTrace(availability, 'made up', ['west-a'])).toThrow('made up has no zone west-a. It has: east-a, east-b.');
  });

  it.each([
    ['2024-01-01 00:09:00,1', 'line 5: 5 cells are expected, there are 2'],
    ['yesterday,1,1,1,1', 'line 5: yesterday is no time'],
    ['2024-01-01 00:06:00,1,1,1,1', 'line 5: measurements are to be in the order of time'],
    ['2024-01-01 00:09:00,some,1,1,1', 'zone east-a: some is no count'],
  ])('refuses %s', (line, message) => {
    expect(() => parseTrace(`${availability}${line}\n`, 'made up')).toThrow(message);
  });
});
