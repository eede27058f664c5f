import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convert, type SourceFormat } from '../../lib/datasets/convert.ts';
import { ConversionReport } from '../../lib/datasets/report.ts';
import { LabelIndex, readLabels } from '../../lib/features/labels.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { lineBytesMax, unknownLabelsMax } from '../../lib/limits.ts';
import { converted, shortOf } from './converting.ts';

const ARGUS = 'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label';

const golden = (name: string) => readFileSync(new URL(`../golden/datasets/${name}`, import.meta.url));

/** A row whose source port tells it from others. */
function row(
  startSeconds: number,
  port: number,
  label = 'flow=Background',
  more: { source?: string; duration?: number } = {},
): string {
  const { source = '10.0.0.5', duration = 0 } = more;
  return `${startSeconds},${duration},udp,${source},${port},->,192.0.2.1,53,CON,0,0,2,228,114,${label}`;
}

const BEGIN = 1_790_000_400;

const ports = (records: { flow?: { srcport: number; dstport: number } }[]) =>
  records.map(({ flow }) => flow!.srcport).filter((port) => port !== 53);

describe('a conversion', () => {
  it('brings rows into order', async () => {
    const rows = [row(BEGIN + 5_000, 1), row(BEGIN, 2), row(BEGIN + 900, 3)];
    const { records, slots, report } = await converted('argus', [[ARGUS, ...rows].join('\n')]);
    expect(ports(records)).toEqual([2, 3, 1]);
    expect(slots.map(({ endSeconds }) => endSeconds - BEGIN)).toEqual([300, 1_200, 5_100]);
    expect(report.late).toBe(0);
  });

  it('counts and keeps what comes later than its memory reaches', async () => {
    const many = Array.from({ length: 65_537 }, (_, i) => row(BEGIN + 6_000 + i / 100, 1_000 + (i % 60_000)));
    const { report, slots } = await converted('argus', [[ARGUS, ...many, row(BEGIN, 7)].join('\n')]);
    expect(report).toMatchObject({ rows: 65_538, flows: 65_538, late: 1 });
    const packets = slots.flatMap(({ records }) => records).reduce((sum, record) => sum + record.packets, 0);
    expect(packets).toBe(65_538 * 2);
  });

  it('takes several inputs as one log', async () => {
    const inputs = [[ARGUS, row(BEGIN + 10, 1)].join('\n'), [ARGUS, row(BEGIN, 2)].join('\n')];
    const { records, report, slots } = await converted('argus', inputs);
    expect(ports(records)).toEqual([2, 1]);
    expect(slots).toHaveLength(1);
    expect(report.inputs).toBe(2);
  });

  it('unpacks gzip, in several members and in small pieces', async () => {
    const text = [ARGUS, row(BEGIN, 1), row(BEGIN + 1, 2)].join('\n');
    const packed = Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))]);
    const { records, report } = await converted('argus', [packed], {}, 5);
    expect(ports(records)).toEqual([1, 2]);
    expect(report.bytes).toBe(packed.length);
  });

  it('keeps what came before gzip was cut, and says so', async () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => row(BEGIN + i, i));
    const packed = gzipSync([ARGUS, ...rows].join('\n'));
    const { report } = await converted('argus', [packed.subarray(0, packed.length - 30), ARGUS]);
    expect(report.failures).toHaveLength(1);
    expect(report.failures[0]).toMatchObject({
      source: 'input-1',
      failure: expect.stringContaining('the gzip data is cut or damaged'),
    });
    expect(report.inputs).toBe(2);
  });

  it('goes on behind a line that is too long, and tells lines and columns', async () => {
    const text = [
      ARGUS,
      'x'.repeat(lineBytesMax + 1),
      row(BEGIN, 1),
      row(BEGIN, 2, 'flow=Background', { source: 'somebody' }),
    ].join('\n');
    for (const pieceBytes of [1_000, 10_000_000]) {
      const { report } = await converted('argus', [text], {}, pieceBytes);
      expect(report).toMatchObject({ rows: 3, flows: 1, dropped: { overlong: 1, address: 1 } });
      expect(report.examples.map(({ line, column, reason }) => [line, column, reason])).toEqual([
        [2, '', 'overlong'],
        [4, 'source address', 'address'],
      ]);
    }
  });

  it('labels every flow, times rounded down, and one range for those of which the data says nothing', async () => {
    const rows = [
      row(BEGIN + 0.9, 1, 'flow=From-Normal-V47-Jist', { duration: 1.5 }),
      row(BEGIN + 7.5, 2, ''),
      row(BEGIN + 3, 3, ''),
    ];
    const { labels, report } = await converted('argus', [[ARGUS, ...rows].join('\n')], { label: 'scan' });
    expect(labels).toEqual([
      `${BEGIN},${BEGIN + 2},10.0.0.5,192.0.2.1,1,53,17,benign`,
      `${BEGIN + 3},${BEGIN + 7},,,,,,scan`,
    ]);
    expect(report.labels).toEqual({ benign: 1, scan: 2 });
  });

  it('makes labels that can be read back', async () => {
    for (const [name, from] of [
      ['argus.csv', 'argus'],
      ['zeek.log', 'zeek'],
      ['zeek-json.log', 'zeek'],
    ] as const) {
      const { labels } = await converted(from, [golden(name)], { vpc: ['10.0.0.0/8', '192.168.0.0/16', 'fe80::/10'] });
      const rows = await readLabels(
        ['start,end,srcaddr,dstaddr,srcport,dstport,protocol,label', ...labels],
        createNames(),
      );
      expect(rows).toHaveLength(labels.length);
      expect(new LabelIndex(rows).unmatched).toBe('benign');
    }
  });

  it('takes a word it does not know for unlabelled, and lists a bounded number of them', async () => {
    const rows = Array.from({ length: unknownLabelsMax + 50 }, (_, i) => row(BEGIN, i, `word-${i}`));
    const { report } = await converted('argus', [[ARGUS, ...rows].join('\n')]);
    expect(report.labels).toEqual({ unlabelled: unknownLabelsMax + 50 });
    expect(Object.keys(report.unknownLabels)).toHaveLength(unknownLabelsMax + 1);
    expect(report.unknownLabels['(others)']).toBe(50);
  });

  it('drops flows that touch no address of the VPC', async () => {
    const { report, records } = await converted('argus', [[ARGUS, row(BEGIN, 1)].join('\n')], {
      vpc: ['172.16.0.0/12'],
    });
    expect(report).toMatchObject({ rows: 1, flows: 0, dropped: { 'outside-vpc': 1 } });
    expect(records).toEqual([]);
  });

  it('throws when an input cannot be opened', async () => {
    const broken = {
      name: 'broken',
      open(): AsyncIterable<Uint8Array> {
        throw new Error('no such file');
      },
    };
    const options = {
      from: 'argus',
      vpc: new NetworkSet([]),
      rejects: () => false,
      aggregationSeconds: 600,
      label: 'benign',
    } as const;
    await expect(convert([broken], options, new ConversionReport()).next()).rejects.toThrow('no such file');
  });
});

const SAMPLES: readonly (readonly [SourceFormat, string])[] = [
  ['argus', 'argus.csv'],
  ['zeek', 'zeek.log'],
  ['zeek', 'zeek-json.log'],
  ['cic', 'cic-improved.csv'],
  ['cic', 'cic-2017.csv'],
  ['netflow-csv', 'nf-v3.csv'],
  ['netflow-csv', 'cidds.csv'],
  ['netflow-csv', 'ugr16.csv'],
  ['unsw-nb15', 'unsw-nb15.csv'],
];

const EVERYTHING = { vpc: ['0.0.0.0/0', '::/0'] } as const;

function dropped(report: ConversionReport): number {
  return Object.values(report.dropped).reduce((sum, count) => sum + count, 0);
}

describe.each(SAMPLES)('%s, whatever is done to %s,', (from, name) => {
  const text = golden(name).toString();
  const head = text.split('\n')[0];

  it('never throws, and every row is counted', async () => {
    const change = fc.record({ place: fc.nat(text.length), remove: fc.nat(6), insert: fc.string({ maxLength: 6 }) });
    const property = fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 500 }),
      async (changes, size) => {
        let damaged = text;
        for (const { place, remove, insert } of changes)
          damaged = damaged.slice(0, place) + insert + damaged.slice(place + remove);
        const { report } = await converted(from, [damaged], EVERYTHING, size);
        expect(report.flows + dropped(report)).toBe(report.rows);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it('takes garbage below its first line for rows', async () => {
    const garbage = fc.array(
      fc.string({ unit: fc.constantFrom(...'0123456789.,-:/{}"\t #ab_é\0'.split('')), maxLength: 80 }),
      { maxLength: 20 },
    );
    const property = fc.asyncProperty(garbage, async (lines) => {
      const { report } = await converted(from, [[head, ...lines].join('\n')], EVERYTHING);
      expect(report.flows + dropped(report)).toBe(report.rows);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('gives the same in pieces of any size', async () => {
    const whole = await converted(from, [text], EVERYTHING);
    for (const pieceBytes of [1, 13, 200]) {
      const pieces = await converted(from, [text], EVERYTHING, pieceBytes);
      expect(pieces.records.map(shortOf)).toEqual(whole.records.map(shortOf));
      expect(pieces.labels).toEqual(whole.labels);
    }
    expect(whole.report.flows).toBeGreaterThan(0);
  });
});
