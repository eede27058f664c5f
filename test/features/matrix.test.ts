import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import { Context } from '../../lib/features/context.ts';
import { fillMatrix } from '../../lib/features/matrix.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import type { FieldName } from '../../lib/flowlog/fields.ts';
import { anyLog, anyRecord } from '../conversations/traffic.ts';
import { ALL_FIELDS, addLocated, build, type Fields, featureRow } from '../records.ts';
import { described, matrixOf, OURS } from './describe.ts';

function expectInRange(matrix: Float32Array): void {
  expect(matrix.length % FEATURES.length).toBe(0);
  for (let row = 0; row < matrix.length / FEATURES.length; row++) {
    for (const [name, value] of Object.entries(featureRow(matrix, row))) {
      const [least, most] = FEATURES.find((feature) => feature.name === name)!.range;
      expect(value >= least && value <= most, `${name} is ${value}`).toBe(true);
    }
  }
}

describe('the matrix', () => {
  it('holds finite values within the range of each feature, whatever the records', () => {
    fc.assert(
      fc.property(anyLog, fc.constantFrom(4, 2_000), (log, rowsMax) => {
        expectInRange(matrixOf(addLocated(new Conversations(createNames(), { rowsMax }), log)).matrix);
      }),
    );
  });

  it('holds finite values whatever fields the log lacks', () => {
    const anyFields = fc.subarray([...ALL_FIELDS], { minLength: 1 });
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 20 }), anyFields, (records, fields) => {
        expectInRange(matrixOf(build(records, { fields })).matrix);
      }),
    );
  });

  it('cuts numbers that no network can produce to the range', () => {
    const [{ features }] = described(
      'a 10.0.0.1:40000 > 8.8.8.8:443 udp packets=9007199254740991 bytes=9007199254740991',
    );
    expect(features.forward_bytes).toBeLessThanOrEqual(60);
    expect(features.bytes_balance).toBeLessThanOrEqual(60);
  });

  it('may be filled in pieces', () => {
    const conversations = build(
      Array.from({ length: 9 }, (_, i) => `a 10.0.0.1:40000 > 10.0.0.2:${i} tcp packets=${i + 1}`).join('\n'),
    );
    const { rows, matrix } = matrixOf(conversations);
    const context = new Context(conversations, rows, OURS);
    const piece = new Float32Array(3 * FEATURES.length);
    fillMatrix(piece, conversations, rows, 4, 7, context);
    expect([...piece]).toEqual([...matrix.subarray(4 * FEATURES.length, 7 * FEATURES.length)]);
  });

  it('stays as it is when hosts get other addresses and time moves by whole windows', () => {
    // Starts differ, so that nothing is left to be decided by the order of addresses.
    const anyTraffic = fc.array(anyRecord, { minLength: 1, maxLength: 25 }).map((records) =>
      records.map((record, index) => {
        const start = Number(record.start) - (Number(record.start) % 300) + index * 7;
        return { ...record, start: String(start), end: String(start + 30) };
      }),
    );
    const anyMove = fc.record({
      hosts: fc.uniqueArray(fc.nat({ max: 0xffff }), { minLength: 7, maxLength: 7 }),
      windows: fc.integer({ min: -1_000, max: 1_000 }),
    });
    fc.assert(
      fc.property(anyTraffic, anyMove, (records, { hosts, windows }) => {
        const moved = records.map((record) => move(record, hosts, windows * 300));
        const before = described(records.map(inside)).map(({ features }) => features);
        expect(described(moved).map(({ features }) => features)).toEqual(before);
      }),
    );
  });
});

const HOSTS = ['10.0.0.1', '10.0.0.2', '192.168.7.9', '8.8.8.8', '250.1.2.3', 'fd00::1', '2001:db8::2'];
const ADDRESSES: readonly FieldName[] = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];

/** The record with all hosts inside private space. */
function inside(record: Fields): Fields {
  return move(record, [1, 2, 3, 4, 5, 6, 7], 0);
}

function move(record: Fields, hosts: readonly number[], seconds: number): Fields {
  const moved: Fields = { ...record };
  for (const name of ADDRESSES) {
    const host = HOSTS.indexOf(record[name] ?? '-');
    if (host >= 0) moved[name] = `10.7.${hosts[host] >> 8}.${hosts[host] & 255}`;
  }
  for (const name of ['start', 'end'] as const) moved[name] = String(Number(record[name]) + seconds);
  return moved;
}

describe('a log that lacks a field', () => {
  const full = [
    'a 10.0.0.1:40000 > 10.0.0.2:22 tcp packets=7 bytes=900 for=30 flags=2',
    'a 10.0.0.2:22 > 10.0.0.1:40000 tcp packets=5 bytes=700 for=30 flags=4 reject',
    'a 10.0.0.1:40001 > 10.0.0.3:22 tcp packets=1 bytes=40 flags=2 at=50',
  ].join('\n');
  const needing = (field: FieldName) => FEATURES.filter(({ needs }) => needs.includes(field));

  it.each(['packets', 'bytes', 'action', 'tcp-flags', 'start', 'end'] as const)(
    'has what the table says for features that need %s',
    (field) => {
      const fields = ALL_FIELDS.filter((name) => name !== field);
      expect(needing(field).length).toBeGreaterThan(0);
      for (const { features } of described(full, { fields })) {
        for (const { name, without } of needing(field)) expect([name, features[name]]).toEqual([name, without]);
      }
    },
  );

  it.each(['packets', 'bytes', 'action', 'tcp-flags', 'start', 'end'] as const)(
    'has the same as ever for features that do not need %s',
    (field) => {
      const fields = ALL_FIELDS.filter((name) => name !== field);
      const lacking = described(full, { fields });
      for (const [index, { features }] of described(full).entries()) {
        for (const { name, needs } of FEATURES) {
          if (!needs.includes(field)) expect([name, lacking[index].features[name]]).toEqual([name, features[name]]);
        }
      }
    },
  );
});
