import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROW_WORDS, W } from '../../lib/conversations/row.ts';
import {
  type CodedLabelRow,
  formatLabel,
  LABEL_COLUMNS,
  LabelIndex,
  type LabelValues,
  parseTime,
  readLabels,
} from '../../lib/features/labels.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { LABELS, type Label } from '../../lib/flowlog/labels.ts';
import { conversationsOf, type TestRecord } from '../conversations/records.ts';

const HEADER = LABEL_COLUMNS.join(',');

const read = (...lines: string[]) => readLabels([HEADER, ...lines], createNames());

/** Label of the one conversation of these records under these rows. */
async function labelOf(rows: readonly LabelValues[], records: readonly TestRecord[] = [{}], unmatched?: Label) {
  const names = createNames();
  const conversations = await conversationsOf(records, { names });
  expect(conversations.size).toBe(1);
  return new LabelIndex(await readLabels([HEADER, ...rows.map(formatLabel)], names), unmatched).labelOf(
    conversations,
    0,
  );
}

describe('reading labels', () => {
  it('takes numbers and ISO 8601, and nothing for any', async () => {
    const rows = await read('1000,2026-01-05T09:00:00Z,10.0.0.1,2001:db8::1,1,65535,6,scan', ',,,,,,,benign');
    expect(rows[0]).toMatchObject({
      start: 1_000,
      end: 1_767_603_600,
      sourcePort: 1,
      destinationPort: 65_535,
      protocol: 6,
      label: 'scan',
    });
    expect(rows[1]).toEqual({
      start: Number.NEGATIVE_INFINITY,
      end: Number.POSITIVE_INFINITY,
      source: -1,
      destination: -1,
      sourcePort: -1,
      destinationPort: -1,
      protocol: -1,
      label: 'benign',
    });
  });

  it('takes columns in any order, quotes, blanks, a byte order mark, CR LF and empty lines', async () => {
    const lines = [
      '\ufeffLabel, protocol,dstport,srcport,dstaddr,srcaddr,end,start\r',
      '',
      '"scan" , 6 ,"80",,,"10.0.0.1",20,10\r',
    ];
    const [row] = await readLabels(lines, createNames());
    expect(row).toMatchObject({
      start: 10,
      end: 20,
      source: 0x0a00_0001,
      destination: -1,
      destinationPort: 80,
      protocol: 6,
      label: 'scan',
    });
  });

  it('gives back what was written', async () => {
    const values = { start: 5, end: 6, srcaddr: '10.0.0.1', dstport: 443, label: 'exfiltration' };
    expect(formatLabel(values)).toBe('5,6,10.0.0.1,,,443,,exfiltration');
    expect((await read(formatLabel(values)))[0]).toMatchObject({
      start: 5,
      end: 6,
      destinationPort: 443,
      label: 'exfiltration',
    });
  });

  it.each([
    ['x,9,,,,,,scan', 'labels line 2, column start: got "x", expected Unix seconds or ISO 8601'],
    ['0,2026-13-01,,,,,,scan', 'column end: got "2026-13-01"'],
    ['99999999999,,,,,,,scan', 'column start: got "99999999999"'],
    ['9,8,,,,,,scan', 'column end: got "8", expected a time not before the start, 9'],
    [',,10.0.0.300,,,,,scan', 'column srcaddr: got "10.0.0.300", expected an IPv4 or IPv6 address'],
    [',,,-,,,,scan', 'column dstaddr: got "-"'],
    [',,,,65536,,,scan', 'column srcport: got "65536", expected a whole number from 0 to 65535'],
    [',,,,,-1,,scan', 'column dstport: got "-1"'],
    [',,,,,,tcp,scan', 'column protocol: got "tcp", expected a whole number from 0 to 255'],
    [',,,,,,,Scan', 'column label: got "Scan", expected benign, scan, brute-force'],
    [',,,,,,scan', 'labels line 2 has 7 values, expected 8'],
    [',,,,,,,scan,', 'labels line 2 has 9 values, expected 8'],
  ])('refuses %s', async (line, message) => {
    await expect(read(line)).rejects.toThrow(message);
  });

  it.each([
    [[], 'the labels are empty, expected a header line start,end'],
    [['start,end'], 'names column "srcaddr" 0 times, expected once'],
    [[`${HEADER},label`], 'names column "label" 2 times, expected once'],
    [['start,end,src'], 'labels line 1 names column "src", expected start, end'],
  ])('refuses the header %j', async (lines, message) => {
    await expect(readLabels(lines, createNames())).rejects.toThrow(message);
  });

  it('never fails but with a line number, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (line) => {
        const outcome = await read(line.replaceAll(/[\r\n]/g, '')).then(
          (rows) => rows.length <= 1,
          (error: Error) => error.message.startsWith('labels line 2'),
        );
        expect(outcome).toBe(true);
      }),
    );
  });
});

describe('parseTime', () => {
  it.each([
    ['0', 0],
    ['1767603600.5', 1_767_603_600.5],
    ['2026-01-05', 1_767_571_200],
    ['2026-01-05T09:00', 1_767_603_600],
    ['2026-01-05 09:00:00', 1_767_603_600],
    ['2026-01-05T10:00:00.250+01:00', 1_767_603_600.25],
    ['', undefined],
    ['-5', undefined],
    ['1e9', undefined],
    ['2026-02-30T99:00Z', undefined],
    ['yesterday', undefined],
  ])('of %j is %s', (text, seconds) => {
    expect(parseTime(text)).toBe(seconds);
  });
});

describe('a conversation', () => {
  const scan = { srcaddr: '10.0.0.1', dstaddr: '10.0.0.2', dstport: 443, protocol: 6, label: 'scan' };

  it.each<[string, LabelValues, string]>([
    ['has the label of its five values', { ...scan, srcport: 40_000 }, 'scan'],
    ['has the label whatever is left open', { label: 'scan' }, 'scan'],
    [
      'has the label of a row the other way round',
      { srcaddr: '10.0.0.2', dstaddr: '10.0.0.1', srcport: 443, dstport: 40_000, label: 'scan' },
      'scan',
    ],
    ['matches one end of a row the other way round', { dstaddr: '10.0.0.1', label: 'scan' }, 'scan'],
    ['is not matched by another client port', { ...scan, srcport: 40_001 }, 'benign'],
    ['is not matched by another server port', { ...scan, dstport: 80 }, 'benign'],
    ['is not matched by its own client port as the server port', { ...scan, dstport: 40_000 }, 'benign'],
    ['is not matched by another protocol', { ...scan, protocol: 17 }, 'benign'],
    ['is not matched by another address', { ...scan, dstaddr: '10.0.0.3' }, 'benign'],
    ['is matched by a row that ends with its first second', { ...scan, start: 0, end: 1_000 }, 'scan'],
    ['is matched by a row that begins with its last second', { ...scan, start: 1_010, end: 9_999 }, 'scan'],
    ['is not matched by a row that ends before it', { ...scan, start: 0, end: 999 }, 'benign'],
    ['is not matched by a row that begins after it', { ...scan, start: 1_011, end: 9_999 }, 'benign'],
    ['is matched by a row that contains it by far', { ...scan, start: 0, end: 1_000_000 }, 'scan'],
  ])('%s', async (_, row, label) => {
    expect(await labelOf([row])).toBe(label);
  });

  it('matches any of its client ports', async () => {
    const records = [{ sourcePort: 40_000 }, { sourcePort: 40_010 }];
    expect(await labelOf([{ ...scan, srcport: 40_010 }], records)).toBe('scan');
    expect(await labelOf([{ ...scan, srcport: 40_011 }], records)).toBe('benign');
  });

  it('matches IPv6 in any notation', async () => {
    const records = [{ source: '2001:db8::1', destination: '2001:db8::2' }];
    expect(await labelOf([{ srcaddr: '2001:0DB8:0:0:0:0:0:1', label: 'scan' }], records)).toBe('scan');
  });

  it('has the label for the unmatched when no row matches', async () => {
    expect(await labelOf([], [{}], 'unlabelled')).toBe('unlabelled');
  });

  it.each<[string, LabelValues[], string]>([
    [
      'an attack over unlabelled and benign, however vague',
      [{ ...scan, label: 'benign' }, { ...scan, label: 'unlabelled' }, { label: 'other-attack' }],
      'other-attack',
    ],
    ['unlabelled over benign, however vague', [{ ...scan, label: 'benign' }, { label: 'unlabelled' }], 'unlabelled'],
    [
      'the attack that states more',
      [
        { srcaddr: '10.0.0.1', label: 'scan' },
        { ...scan, label: 'brute-force' },
      ],
      'brute-force',
    ],
    [
      'the shorter of two that state the same',
      [
        { ...scan, start: 0, end: 5_000 },
        { ...scan, start: 900, end: 1_100, label: 'brute-force' },
      ],
      'brute-force',
    ],
    ['the earlier line of two alike', [{ ...scan, label: 'exfiltration' }, scan], 'exfiltration'],
  ])('takes %s', async (_, rows, label) => {
    expect(await labelOf(rows)).toBe(label);
  });
});

const port = fc.constantFrom(22, 443, 40_000, 50_000);
const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1');
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const labelRow = fc
  .record({
    start: optional(fc.integer({ min: 0, max: 9_000 })),
    seconds: optional(fc.constantFrom(0, 10, 3_600, 3_601, 9_000)),
    srcaddr: optional(address),
    dstaddr: optional(address),
    srcport: optional(port),
    dstport: optional(port),
    protocol: optional(fc.constantFrom(6, 17)),
    label: fc.constantFrom(...LABELS),
  })
  .map(({ start, seconds, ...rest }) => ({
    ...rest,
    start,
    end: start !== undefined && seconds !== undefined ? start + seconds : undefined,
  }));
const record = fc.record({
  source: address,
  destination: address,
  sourcePort: port,
  destinationPort: port,
  protocol: fc.constantFrom(6, 17),
  start: fc.integer({ min: 0, max: 9_000 }),
});

/** The rule as it is written, over every row. */
function plainLabel(rows: readonly CodedLabelRow[], words: Uint32Array, at: number): Label {
  const [client, server] = [words[at + W.client], words[at + W.server]];
  const serverPort = words[at + W.service] & 0xffff;
  const first = Math.min(words[at + W.forwardFirst], words[at + W.backwardFirst]);
  const open = (stated: number, ...values: number[]) => stated === -1 || values.includes(stated);
  const isClientPort = (stated: number) =>
    stated === -1 || (stated >= (words[at + W.clientPorts] & 0xffff) && stated <= words[at + W.clientPorts] >>> 16);
  const matching = rows.filter((row) => {
    const forward =
      open(row.source, client) &&
      open(row.destination, server) &&
      open(row.destinationPort, serverPort) &&
      isClientPort(row.sourcePort);
    const reverse =
      open(row.source, server) &&
      open(row.destination, client) &&
      open(row.sourcePort, serverPort) &&
      isClientPort(row.destinationPort);
    return (
      (forward || reverse) &&
      open(row.protocol, words[at + W.service] >>> 16) &&
      row.start <= words[at + W.last] &&
      row.end >= first
    );
  });
  const kind = ({ label }: CodedLabelRow) => (label === 'benign' ? 0 : label === 'unlabelled' ? 1 : 2);
  const stated = (row: CodedLabelRow) =>
    [row.source, row.destination, row.sourcePort, row.destinationPort, row.protocol].filter((value) => value !== -1)
      .length;
  const seconds = (row: CodedLabelRow) =>
    row.end - row.start === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : row.end - row.start;
  matching.sort((a, b) => kind(b) - kind(a) || stated(b) - stated(a) || seconds(a) - seconds(b));
  return matching[0]?.label ?? 'benign';
}

describe('the index', () => {
  it('answers as if it had looked at every row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(labelRow, { maxLength: 20 }),
        fc.array(record, { minLength: 1, maxLength: 20 }),
        async (values, records) => {
          const names = createNames();
          const conversations = await conversationsOf(records, { names });
          const rows = await readLabels([HEADER, ...values.map(formatLabel)], names);
          const index = new LabelIndex(rows);
          for (let row = 0; row < conversations.size; row++) {
            expect(index.labelOf(conversations, row)).toBe(plainLabel(rows, conversations.words, row * ROW_WORDS));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
