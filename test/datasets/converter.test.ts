import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Converter, type Delivery, type PlacingOptions } from '../../lib/datasets/converter.ts';
import { Endpoints, interfaceIdOf } from '../../lib/datasets/endpoints.ts';
import { detached, type Flow } from '../../lib/datasets/flow.ts';
import { parseRejects } from '../../lib/datasets/reject.ts';
import { ConversionReport, DROP_REASONS, Unreadable } from '../../lib/datasets/report.ts';
import { formatLabel } from '../../lib/features/labels.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { unknownLabelsMax } from '../../lib/limits.ts';
import { shortOf } from './converting.ts';

const BEGIN = 1_790_000_400;

const flow = (changes: Partial<Flow> = {}): Flow => ({
  startSeconds: BEGIN,
  durationSeconds: 0,
  source: '10.0.0.5',
  destination: '198.51.100.9',
  sourcePort: 50_000,
  destinationPort: 80,
  protocol: 6,
  forward: { packets: 2, bytes: 100, flags: 2 },
  backward: { packets: 1, bytes: 60, flags: 18 },
  ...changes,
});

const OPTIONS: PlacingOptions = {
  vpc: new NetworkSet(['10.0.0.0/8', 'fd00::/8']),
  rejects: () => false,
  aggregationSeconds: 600,
  label: 'unlabelled',
};

function convertFlows(flows: readonly Flow[], options: Partial<PlacingOptions> = {}) {
  const report = new ConversionReport();
  const converter = new Converter({ ...OPTIONS, ...options }, report);
  const deliveries: Delivery[] = [];
  for (const one of flows) {
    converter.take(one);
    deliveries.push(converter.delivery());
  }
  deliveries.push(...converter.finish());
  return {
    report,
    records: deliveries.flatMap(({ slots }) => slots.flatMap((slot) => slot.records)),
    labels: deliveries.flatMap(({ labels }) => labels.map(formatLabel)),
  };
}

describe('a flow', () => {
  it('is delivered once, counted once and labelled once', () => {
    const { records, report, labels } = convertFlows([flow({ label: 'scan' })]);
    expect(records.map(shortOf)).toEqual([
      '10.0.0.5:50000>198.51.100.9:80 2 100 2',
      '198.51.100.9:80>10.0.0.5:50000 1 60 18',
    ]);
    expect(report).toMatchObject({ flows: 1, records: 2, late: 0, rejected: 0, labels: { scan: 1 } });
    expect(labels).toEqual([`${BEGIN},${BEGIN},10.0.0.5,198.51.100.9,50000,80,6,scan`]);
  });

  it('without packets on either side is dropped, whatever its bytes say', () => {
    const nothing = { packets: 0, bytes: 50, flags: 0 };
    for (const backward of [nothing, undefined]) {
      const { report, labels } = convertFlows([flow({ forward: nothing, backward })]);
      expect(report).toMatchObject({ flows: 0, records: 0, dropped: { 'no-packets': 1 } });
      expect(labels).toEqual([]);
    }
  });

  it('of which only the answer has packets is seen in that direction', () => {
    const { records } = convertFlows([flow({ forward: { packets: 0, bytes: 0, flags: 0 } })]);
    expect(records.map(shortOf)).toEqual(['198.51.100.9:80>10.0.0.5:50000 1 60 18']);
  });

  it.each([
    ['source address', { source: 'nobody' }],
    ['destination address', { destination: '10.0.0.0/8' }],
  ])('with an unreadable %s is refused by that name', (column, changes) => {
    const take = () => new Converter(OPTIONS, new ConversionReport()).take(flow(changes));
    expect(take).toThrow(Unreadable);
    expect(take).toThrow(`${column}: ${DROP_REASONS.address}`);
  });

  it('has its addresses in the notation of flow logs, in records and labels alike', () => {
    const { records, labels } = convertFlows([
      flow({ source: 'FD00:0:0::0005', destination: '2001:0db8::9', label: 'benign' }),
    ]);
    expect(records[0].flow).toMatchObject({ srcaddr: 'fd00::5', dstaddr: '2001:db8::9', ipv6: true });
    expect(labels[0]).toContain(',fd00::5,2001:db8::9,');
  });

  it('that is rejected is counted once, though its packets are many', () => {
    const attempt = flow({
      source: '198.51.100.9',
      destination: '10.0.0.5',
      destinationPort: 22,
      forward: { packets: 9, bytes: 540, flags: 2 },
      backward: { packets: 0, bytes: 0, flags: 0 },
    });
    const { records, report } = convertFlows([attempt, attempt], { rejects: parseRejects('10.0.0.0/8:22') });
    expect(report).toMatchObject({ flows: 2, rejected: 2 });
    expect(records.map(({ flow: seen, packets }) => [seen!.action, packets])).toEqual([['REJECT', 18]]);
  });
});

describe('labels of a conversion', () => {
  it('are rows of their own where the data has them, and one range for all other flows', () => {
    const { labels } = convertFlows(
      [
        flow({ startSeconds: BEGIN + 100 }),
        flow({ startSeconds: BEGIN + 20.75, durationSeconds: 500.5 }),
        flow({ startSeconds: BEGIN + 5, label: 'benign', protocol: 17, sourcePort: 0 }),
      ],
      { label: 'other-attack' },
    );
    expect(labels).toEqual([
      `${BEGIN + 5},${BEGIN + 5},10.0.0.5,198.51.100.9,0,80,17,benign`,
      `${BEGIN + 20},${BEGIN + 521},,,,,,other-attack`,
    ]);
  });

  it('are none where there are no flows', () => {
    expect(convertFlows([])).toMatchObject({ labels: [], records: [] });
    expect(convertFlows([flow({ source: '192.0.2.1' })]).labels).toEqual([]);
  });
});

describe('a conversion', () => {
  const anyFlow = fc
    .record({
      startSeconds: fc.double({ min: BEGIN, max: BEGIN + 5_000, noNaN: true }),
      durationSeconds: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true })),
      source: fc.constantFrom('10.0.0.5', '10.0.0.6', '198.51.100.9'),
      destination: fc.constantFrom('10.0.0.5', '198.51.100.9'),
      there: fc.nat(50),
      back: fc.option(fc.nat(50), { nil: undefined }),
    })
    .map(({ there, back, ...rest }) =>
      flow({
        ...rest,
        forward: { packets: there, bytes: there * 60, flags: 2 },
        backward: back === undefined ? undefined : { packets: back, bytes: back * 70, flags: 18 },
      }),
    );

  it('takes every flow for one or drops it, and loses no packet', () => {
    fc.assert(
      fc.property(
        fc.array(anyFlow, { maxLength: 20 }),
        fc.constantFrom(60 as const, 600 as const),
        (flows, seconds) => {
          const { records, report } = convertFlows(flows, { aggregationSeconds: seconds });
          const dropped = Object.values(report.dropped).reduce((sum, count) => sum + count, 0);
          expect(report.flows + dropped).toBe(flows.length);
          expect(report.records).toBe(records.length);
          const inside = (address: string) => Number(address.startsWith('10.'));
          const expected = flows.reduce((sum, { source, destination, forward, backward }) => {
            const packets = forward.packets + (backward?.packets ?? 0);
            return sum + packets * (inside(source) + inside(destination));
          }, 0);
          expect(records.reduce((sum, { packets }) => sum + packets, 0)).toBe(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is the same whatever the order of its flows, as far as memory reaches', () => {
    fc.assert(
      fc.property(fc.array(anyFlow, { maxLength: 12 }), (flows) => {
        const lines = (list: readonly Flow[]) =>
          convertFlows(list)
            .records.map((record) => `${record.start} ${record.end} ${shortOf(record)}`)
            .toSorted();
        expect(lines(flows.toReversed())).toEqual(lines(flows));
      }),
      { numRuns: 100 },
    );
  });
});

describe('interfaces', () => {
  it('follow from their addresses, so that another conversion gives them the same names', () => {
    // SHA-256 of "10.0.0.5" begins with these digits.
    const [first, again] = [new Endpoints(OPTIONS.vpc), new Endpoints(OPTIONS.vpc)];
    expect(first.of('10.0.0.5')!.interface!.id).toBe(interfaceIdOf('10.0.0.5'));
    expect(again.of('10.0.0.5')).toEqual(first.of('10.0.0.5'));
    expect(interfaceIdOf('10.0.0.5')).toMatch(/^eni-[0-9a-f]{17}$/);
  });

  it('are one object for each address, however it is written', () => {
    const endpoints = new Endpoints(OPTIONS.vpc);
    expect(endpoints.of('10.0.0.5')).toBe(endpoints.of('10.0.0.5'));
    expect(endpoints.of('fd00::5')!.interface!.id).toBe(endpoints.of('FD00:0::5')!.interface!.id);
  });
});

describe('the report', () => {
  it('counts words that no table knows, also those that every object has', () => {
    const report = new ConversionReport();
    for (const word of ['constructor', '__proto__', 'toString', 'constructor']) report.labelOf(word, () => undefined);
    expect(Object.entries(report.unknownLabels)).toEqual([
      ['constructor', 2],
      ['__proto__', 1],
      ['toString', 1],
    ]);
  });

  it('goes on counting a word that it knows when there is no room for others', () => {
    const report = new ConversionReport();
    for (let i = 0; i < unknownLabelsMax + 5; i++) report.labelOf(`word-${i}`, () => undefined);
    report.labelOf('word-0', () => undefined);
    report.labelOf('last', () => undefined);
    expect(report.unknownLabels).toMatchObject({ 'word-0': 2, '(others)': 6 });
    expect(Object.keys(report.unknownLabels)).toHaveLength(unknownLabelsMax + 1);
  });

  it('shows the first 80 characters of a word, which count as one', () => {
    const report = new ConversionReport();
    for (const end of ['a', 'b']) expect(report.labelOf('x'.repeat(80) + end, () => undefined)).toBe('unlabelled');
    expect(report.unknownLabels).toEqual({ ['x'.repeat(80)]: 2 });
  });
});

describe('detached text', () => {
  it('is the same text, whatever its letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(detached(text)).toBe(text);
      }),
    );
  });
});
