import { describe, expect, it } from 'vitest';
import { ReadReport } from '../../lib/flowlog/report.ts';
import { malformedExamplesMax, unknownFieldsMax } from '../../lib/limits.ts';

describe('ReadReport', () => {
  it('counts rejected lines by reason and keeps the first few, cut', () => {
    const report = new ReadReport();
    for (let ordinal = 1; ordinal <= 10; ordinal++) report.reject(ordinal, 'number', 'x'.repeat(500));
    report.reject(11, 'address', 'y');
    expect(report.malformed).toEqual({ number: 10, address: 1 });
    expect(report.malformedCount).toBe(11);
    expect(report.examples).toHaveLength(malformedExamplesMax);
    expect(report.examples[0]).toEqual({ ordinal: 1, reason: 'number', text: 'x'.repeat(200) });
  });

  it('notes what a log lacks and what it has besides', () => {
    const report = new ReadReport();
    report.describe(['srcaddr', 'dstaddr', undefined], ['colour']);
    expect(report.missingFields.has('srcport')).toBe(true);
    expect(report.missingFields.has('srcaddr')).toBe(false);
    expect([...report.unknownFields]).toEqual(['colour']);
  });

  it('misses no stand-ins for interface-id', () => {
    const report = new ReadReport();
    report.describe([], []);
    expect(report.missingFields.has('interface-id')).toBe(true);
    expect(report.missingFields.has('tgw-attachment-id')).toBe(false);
  });

  it('keeps a bounded number of unknown names', () => {
    const report = new ReadReport();
    report.describe(
      [],
      Array.from({ length: unknownFieldsMax + 10 }, (_, index) => `field-${index}`),
    );
    expect(report.unknownFields.size).toBe(unknownFieldsMax);
  });
});
