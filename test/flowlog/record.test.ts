import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FORMAT, FIELDS, type FieldName, TRANSIT_GATEWAY_FORMAT } from '../../lib/flowlog/fields.ts';
import { type FlowRecord, formatRecord, formatVersion, recordValues } from '../../lib/flowlog/record.ts';
import { options, runAll } from '../simulate/runs.ts';

const ALL = FIELDS.map((field) => field.name);
let records: readonly FlowRecord[];

beforeAll(() => {
  records = runAll(
    options({
      minutes: 15,
      hosts: 10,
      scenarios: ['web-tier', 'name-service', 'browsing', 'pings', 'internet-noise', 'bulk-transfers'],
    }),
  ).records;
});

const anyFields = fc.shuffledSubarray(ALL, { minLength: 1 });

describe('formatRecord', () => {
  it('splits back into the values of any field list', () => {
    fc.assert(
      fc.property(anyFields, fc.nat(), (fields, pick) => {
        const record = records[pick % records.length]!;
        const parts = formatRecord(record, fields).split(' ');
        expect(parts).toEqual(recordValues(record, fields).map((value) => (value === undefined ? '-' : String(value))));
        expect(parts).toHaveLength(fields.length);
        expect(parts.every((part) => part.length > 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('writes the default format as AWS does', () => {
    const pattern =
      /^2 \d{12} eni-0[0-9a-f]{16} [0-9a-f.:]+ [0-9a-f.:]+ \d+ \d+ \d+ \d+ \d+ \d{10} \d{10} (ACCEPT|REJECT) OK$/;
    const flows = records.filter((record) => record.flow);
    expect(flows.length).toBeGreaterThan(1_000);
    for (const record of flows) expect(formatRecord(record, DEFAULT_FORMAT)).toMatch(pattern);
  });

  it('writes NODATA lines with seven absent fields and no action', () => {
    const empty = records.filter((record) => record.status === 'NODATA');
    expect(empty.length).toBeGreaterThan(0);
    for (const record of empty) {
      expect(formatRecord(record, DEFAULT_FORMAT)).toMatch(/^2 \d{12} eni-\S+ - - - - - - - \d{10} \d{10} - NODATA$/);
    }
  });

  it('writes whole numbers only', () => {
    for (const record of records) {
      for (const value of recordValues(record, ALL)) {
        if (typeof value === 'number') expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      }
    }
  });

  it("leaves to the transit gateway what is the transit gateway's", () => {
    const [record] = records.filter(({ flow }) => flow);
    const values = recordValues(record!, TRANSIT_GATEWAY_FORMAT);
    TRANSIT_GATEWAY_FORMAT.forEach((name, i) => {
      if (name.startsWith('tgw-')) expect(values[i]).toBeUndefined();
    });
  });
});

describe('formatVersion', () => {
  it.each<[number, readonly FieldName[]]>([
    [2, DEFAULT_FORMAT],
    [3, [...DEFAULT_FORMAT, 'tcp-flags']],
    [5, ['srcaddr', 'flow-direction', 'vpc-id']],
    [11, ['interface-type']],
  ])('is %i, the highest among the fields', (version, fields) => {
    expect(formatVersion(fields)).toBe(version);
    const withVersion: FieldName[] = ['version', ...fields];
    expect(recordValues(records[0]!, withVersion)[0]).toBe(formatVersion(withVersion));
  });
});

describe('the values of records', () => {
  it('hold every field up to version 5 somewhere, but for sublocations', () => {
    const names = FIELDS.filter(({ version }) => version <= 5).map(({ name }) => name);
    const filled = new Set(
      records.flatMap((record) => names.filter((_, i) => recordValues(record, names)[i] !== undefined)),
    );
    expect(names.filter((name) => !filled.has(name))).toEqual(['sublocation-type', 'sublocation-id']);
  });
});
