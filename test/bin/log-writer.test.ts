import { describe, expect, it } from 'vitest';
import { flowLogIdOf, objectPath, objectsOf } from '../../bin/log-writer.ts';
import { createNames, type FlowBatch } from '../../lib/flowlog/batch.ts';
import { DEFAULT_FORMAT, FIELDS, type FieldName } from '../../lib/flowlog/fields.ts';
import { readObject } from '../../lib/flowlog/object.ts';
import { formatRecord, type Slot } from '../../lib/flowlog/record.ts';
import { simulate } from '../../lib/simulate/simulation.ts';

const slots = [
  ...simulate({
    seed: 3,
    hosts: 6,
    minutes: 10,
    startSeconds: 1_767_603_600,
    aggregationSeconds: 60,
    scenarios: ['web-tier', 'name-service', 'vertical-scan'],
    intensity: 1,
  }).slots(),
];
const text = { fields: DEFAULT_FORMAT, parquet: false };

/** The lines of text that an object holds, by reading it as any log is read. */
async function recordsOf(
  bytes: Uint8Array,
  fields: readonly FieldName[],
): Promise<Partial<Record<FieldName, string>>[]> {
  const found: Partial<Record<FieldName, string>>[] = [];
  const batch = (rows: FlowBatch) => {
    for (let row = 0; row < rows.length; row++) found.push(rows.at(row));
  };
  const object = {
    name: 'object',
    open: async function* () {
      yield bytes;
    },
  };
  const report = await readObject(object, { names: createNames(), fields }, { batch, rejected() {} });
  expect({ failure: report.failure, malformed: report.malformed }).toEqual({ failure: undefined, malformed: {} });
  return found;
}

describe('objects of a slot', () => {
  it.each([false, true])('hold its records as the reader reads them, Parquet: %s', async (parquet) => {
    const fields = [...DEFAULT_FORMAT, 'tcp-flags', 'pkt-srcaddr', 'flow-direction', 'traffic-path'] as const;
    for (const slot of slots) {
      const [object] = objectsOf(slot, 'fl-1', { fields, parquet });
      const found = await recordsOf(object.bytes, fields);
      const expected = slot.records
        .filter(({ status }) => status === 'OK')
        .map((record) => formatRecord(record, fields).split(' '));
      const lines = found.map((record) => fields.map((name) => record[name] ?? '-'));
      expect(lines).toEqual(expected);
    }
  });

  it('are one for each account and region', () => {
    const moved = slots[0].records.map((record, i) => ({
      ...record,
      observer: {
        ...record.observer,
        region: i % 2 === 0 ? 'eu-west-1' : 'us-east-1',
        account: i % 3 === 0 ? '1' : '2',
      },
    }));
    const slot: Slot = { endSeconds: slots[0].endSeconds, records: moved };
    const places = [...objectsOf(slot, 'fl-1', text)].map(({ path }) => path.split('/').slice(0, 4).join('/'));
    expect(places.sort()).toEqual(
      ['1', '2'].flatMap((account) => [
        `AWSLogs/${account}/vpcflowlogs/eu-west-1`,
        `AWSLogs/${account}/vpcflowlogs/us-east-1`,
      ]),
    );
  });

  it('can have any field that AWS writes', async () => {
    const fields = FIELDS.map(({ name }) => name);
    for (const parquet of [false, true]) {
      const [object] = objectsOf(slots[0], 'fl-1', { fields, parquet });
      expect(await recordsOf(object.bytes, ['srcaddr'])).not.toEqual([]);
    }
  });

  it('are the same bytes whenever they are made', () => {
    for (const parquet of [false, true]) {
      const make = () => [...objectsOf(slots[0], 'fl-1', { ...text, parquet })];
      expect(make()).toEqual(make());
    }
  });
});

describe('names', () => {
  it('say whose, where, which and when, in the layout of S3 delivery', () => {
    const parts = { account: '123456789012', region: 'eu-west-1', flowLogId: 'fl-00112233445566778', hash: '0a1b2c3d' };
    expect(objectPath({ ...parts, beginSeconds: 1_767_225_300, format: text })).toBe(
      'AWSLogs/123456789012/vpcflowlogs/eu-west-1/2025/12/31/123456789012_vpcflowlogs_eu-west-1_fl-00112233445566778_20251231T2355Z_0a1b2c3d.log.gz',
    );
    expect(objectPath({ ...parts, beginSeconds: 1_767_225_600, format: { ...text, parquet: true } })).toMatch(
      /\/2026\/01\/01\/.*_20260101T0000Z_0a1b2c3d\.log\.parquet$/,
    );
  });

  it('have a flow log of their own for each seed', () => {
    expect(flowLogIdOf(1)).toMatch(/^fl-[0-9a-f]{17}$/);
    expect(flowLogIdOf(1)).toBe(flowLogIdOf(1));
    expect(flowLogIdOf(2)).not.toBe(flowLogIdOf(1));
  });
});
