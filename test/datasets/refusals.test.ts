import { describe, expect, it } from 'vitest';
import type { DropReason } from '../../lib/datasets/report.ts';
import { countMax, flowSecondsMax, malformedExamplesMax, timeSecondsMax } from '../../lib/limits.ts';
import { converted } from './converting.ts';
import { fileText, publishedOf, rowText } from './published.ts';

/** Bad values of a column, and the name that the report gives to it. */
type Bad = readonly [column: string, values: readonly string[], reason: DropReason, named?: string];

const NO_TIME = [
  '',
  '-',
  'yesterday',
  '1969-12-31 23:59:59',
  '2026-13-01 00:00:00',
  '2026-09-21 24:00:00',
  '2101-01-01 00:00:00',
];
const NO_DURATION = ['', '-1', 'x', '1e9', String(flowSecondsMax + 1), 'NaN', 'Infinity'];
const NO_PORT = ['', '65536', '-1', '1.5', 'http', '80 '.repeat(9)];
const NO_COUNT = ['', '-1', '0.5', 'many', String(countMax + 1), 'Infinity'];
const NO_PROTOCOL = ['', '256', '-1', 'any', '6.0', 'tcp/ip'];
const NO_ADDRESS = ['', '10.0.0', '10.0.0.256', 'localhost', '10.0.0.5/8', 'fe80::1::2', '10.0.0.5:80'];

const SETS: Readonly<Record<string, readonly Bad[]>> = {
  'CTU-13': [
    ['StartTime', NO_TIME, 'time'],
    ['Dur', NO_DURATION, 'duration'],
    ['Proto', NO_PROTOCOL, 'protocol'],
    ['SrcAddr', NO_ADDRESS, 'address', 'source address'],
    ['DstAddr', NO_ADDRESS, 'address', 'destination address'],
    // Argus leaves ports out where it saw none.
    ['Sport', NO_PORT.slice(1), 'port'],
    ['Dport', NO_PORT.slice(1), 'port'],
    ['TotPkts', NO_COUNT, 'count'],
    ['TotBytes', NO_COUNT, 'count'],
    ['SrcBytes', NO_COUNT, 'count'],
  ],
  Zeek: [
    ['ts', ['', '-1', 'x', String(timeSecondsMax + 1), '1790000400.5.5'], 'time'],
    // A connection of one packet has no duration.
    ['duration', NO_DURATION.slice(1), 'duration'],
    ['proto', ['', 'unknown_transport', '256'], 'protocol'],
    ['id.orig_h', NO_ADDRESS, 'address', 'source address'],
    ['id.resp_h', NO_ADDRESS, 'address', 'destination address'],
    ['id.orig_p', NO_PORT, 'port'],
    ['id.resp_p', NO_PORT, 'port'],
    ['orig_pkts', NO_COUNT.slice(1), 'count'],
    ['resp_ip_bytes', NO_COUNT.slice(1), 'count'],
  ],
  'CIC-IDS2017': [
    [
      'Timestamp',
      ['', '21/13/2026 2:20', '32/9/2026 2:20', '21/9/2026 2:60', '21-9-2026 2:20', '21/9/1969 2:20'],
      'time',
    ],
    ['Flow Duration', ['', '-1', 'x', String(flowSecondsMax * 1e6 + 1)], 'duration'],
    ['Protocol', NO_PROTOCOL, 'protocol'],
    ['Source IP', NO_ADDRESS, 'address', 'source address'],
    ['Destination Port', NO_PORT, 'port'],
    ['Total Fwd Packets', NO_COUNT, 'count'],
    ['Total Length of Bwd Packets', NO_COUNT, 'count'],
  ],
  'corrected CIC-IDS2017': [
    ['Timestamp', NO_TIME, 'time'],
    ['Src Port', NO_PORT, 'port'],
    ['FIN Flag Count', NO_COUNT.slice(1), 'count'],
    ['SYN Flag Count', NO_COUNT.slice(1), 'count'],
    ['Fwd RST Flags', NO_COUNT.slice(1), 'count'],
  ],
  'NF sets, version 3': [
    ['FLOW_START_MILLISECONDS', ['', '-1', 'x', String(timeSecondsMax * 1_000 + 1)], 'time'],
    ['FLOW_END_MILLISECONDS', ['', '-1', 'x', String(timeSecondsMax * 1_000 + 1)], 'time'],
    // One millisecond longer than a week: nobody exports such a flow, and cutting it would fill the disk.
    ['FLOW_END_MILLISECONDS', [String(1_790_000_400_500 + flowSecondsMax * 1_000 + 1)], 'duration'],
    ['PROTOCOL', NO_PROTOCOL, 'protocol'],
    ['IPV4_DST_ADDR', NO_ADDRESS, 'address', 'destination address'],
    ['L4_SRC_PORT', NO_PORT, 'port'],
    ['IN_PKTS', NO_COUNT, 'count'],
    ['OUT_BYTES', NO_COUNT, 'count'],
    ['CLIENT_TCP_FLAGS', ['256', '-1', '2.5', 'S'], 'flags'],
    ['SERVER_TCP_FLAGS', ['256', '-1', '2.5', 'S'], 'flags'],
  ],
  CIDDS: [
    ['Date first seen', NO_TIME, 'time'],
    ['Duration', NO_DURATION, 'duration'],
    ['Proto', ['', 'any', 'GREX'], 'protocol'],
    // 70000 is no number of a hidden network, and no host has a name that is not in the set.
    ['Src IP Addr', [...NO_ADDRESS, '70000_1', '10008_256', 'ATTACKER4'], 'address', 'source address'],
    ['Src Pt', NO_PORT, 'port'],
    ['Packets', NO_COUNT, 'count'],
    ['Bytes', [...NO_COUNT, '2.1 X', 'M', '-2 M', '1.2.3 M'], 'count'],
    ['Flags', ['XYZ', '.AP.Q.', '0x', '0xzz', '0x1.5'], 'flags', 'flags'],
  ],
  "UGR'16": [
    ['td', NO_DURATION, 'duration', 'duration'],
    ['sa', NO_ADDRESS, 'address', 'source address'],
    ['dp', NO_PORT, 'port', 'destinationPort'],
    ['pr', ['', 'any'], 'protocol', 'protocol'],
    ['flg', ['......?', '0xfff.'], 'flags', 'flags'],
    ['pkt', NO_COUNT, 'count', 'packets'],
    ['byt', NO_COUNT, 'count', 'bytes'],
  ],
  'UNSW-NB15': [
    ['srcip', NO_ADDRESS, 'address', 'source address'],
    ['sport', NO_PORT, 'port'],
    ['proto', ['', 'unas', '-'], 'protocol'],
    ['dur', NO_DURATION, 'duration'],
    ['sbytes', NO_COUNT, 'count'],
    ['Dpkts', NO_COUNT, 'count'],
    ['Stime', ['', '-1', 'x', String(timeSecondsMax + 1)], 'time'],
  ],
};

const CASES = Object.entries(SETS).flatMap(([name, all]) =>
  all.map(([column, values, reason, named = column]) => ({ name, column, values, reason, named })),
);

describe('a value that cannot be meant', () => {
  it.each(CASES)('of $name, $column, is counted as $reason with its line and column', async (one) => {
    const published = publishedOf(one.name);
    for (const value of one.values) {
      // A good row goes before: it is from there on that the file is of the set.
      const rows = [rowText(published), rowText(published, { [one.column]: value }), rowText(published)];
      const { report } = await converted(published.from, [fileText(published, rows)]);
      const line = published.head(published.columns).split('\n').length + 1;
      expect({ value, dropped: report.dropped }).toEqual({ value, dropped: { [one.reason]: 1 } });
      expect(report).toMatchObject({ rows: 3, flows: 2, failures: [] });
      expect(report.examples).toMatchObject([{ source: 'input-1', line, column: one.named, reason: one.reason }]);
    }
  });

  it('beside IP is counted and is no fault', async () => {
    for (const [name, column] of [
      ['CTU-13', 'Proto'],
      ['UNSW-NB15', 'proto'],
      ['CIDDS', 'Proto'],
    ] as const) {
      const published = publishedOf(name);
      for (const value of ['arp', 'ARP', 'llc']) {
        const rows = [rowText(published), rowText(published, { [column]: value })];
        const { report } = await converted(published.from, [fileText(published, rows)]);
        expect(report).toMatchObject({ rows: 2, flows: 1, dropped: { 'not-ip': 1 }, examples: [] });
      }
    }
  });

  it('is shown cut, and the first few times only', async () => {
    const published = publishedOf('CTU-13');
    const rows = Array.from({ length: malformedExamplesMax + 3 }, (_, i) =>
      rowText(published, { Sport: `${i}${'x'.repeat(500)}` }),
    );
    const { report } = await converted('argus', [fileText(published, rows)]);
    expect(report.dropped).toEqual({ port: malformedExamplesMax + 3 });
    expect(report.examples.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(report.examples.map(({ value }) => value.length)).toEqual([80, 80, 80, 80, 80]);
  });

  it('is told with the input that it stands in', async () => {
    const published = publishedOf('Zeek');
    const good = fileText(published, [rowText(published)]);
    const bad = fileText(published, [rowText(published, { ts: 'x' })]);
    const { report } = await converted('zeek', [good, bad, good, bad]);
    expect(report.examples.map(({ source, line }) => `${source}:${line}`)).toEqual(['input-2:7', 'input-4:7']);
    expect(report).toMatchObject({ inputs: 4, rows: 4, flows: 2 });
  });
});

describe('a value at its limit', () => {
  it.each([
    ['CTU-13', { Dur: String(flowSecondsMax) }],
    ['CTU-13', { Sport: '65535', Dport: '0' }],
    ['CTU-13', { Sport: '', Dport: '' }],
    ['NF sets, version 3', { FLOW_END_MILLISECONDS: String(1_790_000_400_500 + flowSecondsMax * 1_000) }],
    ['NF sets, version 3', { CLIENT_TCP_FLAGS: '255', SERVER_TCP_FLAGS: '0' }],
    ['Zeek', { duration: '-', orig_ip_bytes: '-', history: '-' }],
    ['CIDDS', { Bytes: '12.5 G', Flags: '0x5a' }],
    ['UNSW-NB15', { sbytes: String(2 ** 52) }],
  ])('of %s, %j, is taken', async (name, changes) => {
    const published = publishedOf(name);
    const { report } = await converted(published.from, [fileText(published, [rowText(published, changes)])]);
    expect(report).toMatchObject({ rows: 1, flows: 1, dropped: {}, failures: [] });
  });

  it('of time is the last second that flow logs can have', async () => {
    const published = publishedOf('Zeek');
    const last = rowText(published, { ts: String(timeSecondsMax), duration: '-' });
    const { records } = await converted('zeek', [fileText(published, [last])]);
    expect(records.map(({ start, end }) => [start, end])).toEqual([
      [timeSecondsMax, timeSecondsMax],
      [timeSecondsMax, timeSecondsMax],
    ]);
  });

  it('of a flow that ends before it begins is a flow of no duration', async () => {
    const published = publishedOf('NF sets, version 3');
    const row = rowText(published, { FLOW_END_MILLISECONDS: '1790000399000' });
    const { records } = await converted('netflow-csv', [fileText(published, [row])]);
    expect(records.map(({ start, end }) => [start, end])).toEqual([
      [1_790_000_400, 1_790_000_400],
      [1_790_000_400, 1_790_000_400],
    ]);
  });
});
