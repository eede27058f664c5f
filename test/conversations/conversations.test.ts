import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { createNames, type FlowBatch } from '../../lib/flowlog/batch.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { conversationsMin } from '../../lib/limits.ts';
import {
  ALL_FIELDS,
  addLocated,
  addTo,
  build,
  dump,
  type Located,
  record,
  rowOf,
  rowsOf,
  START,
  totals,
} from '../records.ts';
import { anyLog, anyShuffledLog } from './traffic.ts';

/** Room for more than any of the logs here needs. */
const roomy = 2_000;
const empty = () => new Conversations(createNames(), { rowsMax: roomy });
const built = (log: readonly Located[]) => addLocated(empty(), log);

/** Merges copies, so that every part may be used again. */
function merged(...parts: readonly Conversations[]): Conversations {
  const all = empty();
  for (const part of parts) all.merge(part);
  return all;
}

/** Notes the records that may be first ones, as "source/ordinal". */
class Telling extends Conversations {
  readonly told: string[] = [];

  override add(batch: FlowBatch, source: number): void {
    super.add(batch, source, ({ ordinal }, record) => this.told.push(`${this.sources[source]}/${ordinal[record]}`));
  }
}

describe('adding', () => {
  it('tells of every record that is the first of a conversation each way in the end', () => {
    fc.assert(
      fc.property(anyShuffledLog, ({ shuffled }) => {
        const conversations = new Telling(createNames(), { rowsMax: roomy });
        addLocated(conversations, shuffled);
        for (const { first, reply } of rowsOf(conversations)) {
          for (const [, source, ordinal] of [first, reply].filter((seen) => seen !== undefined)) {
            expect(conversations.told).toContain(`${source}/${ordinal}`);
          }
        }
      }),
    );
  });

  it('tells of no record that comes after the first', () => {
    const conversations = new Telling(createNames(), { rowsMax: roomy });
    const sent = [0, 5, 7].map((at) => `eni-1 10.0.0.1:40000 > 10.0.0.2:22 tcp at=${at}`);
    addTo(conversations, [...sent, 'eni-1 10.0.0.2:22 > 10.0.0.1:40000 tcp at=8', sent[0]].join('\n'));
    expect(conversations.told).toEqual(['log/2', 'log/5']);
  });
});

describe('merging', () => {
  it('is associative', () => {
    fc.assert(
      fc.property(anyLog, anyLog, anyLog, (x, y, z) => {
        const [a, b, c] = [x, y, z].map(built);
        expect(dump(merged(merged(a, b), c))).toEqual(dump(merged(a, merged(b, c))));
      }),
    );
  });

  it('is commutative', () => {
    fc.assert(
      fc.property(anyLog, anyLog, (x, y) => {
        const [a, b] = [x, y].map(built);
        expect(dump(merged(a, b))).toEqual(dump(merged(b, a)));
      }),
    );
  });

  it('has the empty store as identity', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const a = built(log);
        const expected = dump(a);
        expect(dump(merged(a, empty()))).toEqual(expected);
        expect(dump(merged(empty(), a))).toEqual(expected);
        a.merge(empty());
        expect(dump(a)).toEqual(expected);
      }),
    );
  });

  it('leaves the other store as it is', () => {
    fc.assert(
      fc.property(anyLog, anyLog, (x, y) => {
        const other = built(y);
        const before = dump(other);
        built(x).merge(other);
        expect(dump(other)).toEqual(before);
      }),
    );
  });

  it('of any partition gives what building from all records gives', () => {
    const parts = fc.array(fc.nat({ max: 3 }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(anyShuffledLog, parts, fc.boolean(), ({ log, shuffled }, places, shared) => {
        const names = createNames();
        const stores = [0, 1, 2, 3].map((part) =>
          addLocated(
            new Conversations(shared ? names : createNames(), { rowsMax: roomy }),
            shuffled.filter((_, index) => places[index] === part),
          ),
        );
        const all = new Conversations(shared ? names : createNames(), { rowsMax: roomy });
        for (const store of stores) all.merge(store);
        expect(dump(all)).toEqual(dump(built(log)));
      }),
    );
  });

  it('keeps the address that stands for all those that no longer fit', () => {
    const full = addLocated(empty(), [located('eni-a (other):40000 > 10.0.0.2:22 tcp', 1)]);
    const all = merged(full, full);
    expect(rowsOf(all).map(({ client, forwardFlows }) => [client, forwardFlows])).toEqual([['(other)', 2]]);
  });
});

function located(line: string, ordinal: number, source = 'log'): Located {
  return { fields: record(line), source, ordinal };
}

describe('building', () => {
  it('gives the same in any order of the records', () => {
    fc.assert(
      fc.property(anyShuffledLog, ({ log, shuffled }) => {
        expect(dump(built(shuffled))).toEqual(dump(built(log)));
      }),
    );
  });

  it('gives the same whether records come one by one or in batches', () => {
    const lines = Array.from(
      { length: 3_000 },
      (_, i) => `eni-a 10.0.${i % 7}.${i % 250}:${40_000 + (i % 900)} > 10.1.0.1:443 tcp at=${i % 300}`,
    );
    const one = addLocated(
      empty(),
      lines.map((line, index) => located(line, index + 2)),
    );
    expect(dump(build(lines.join('\n')))).toEqual(dump(one));
  });

  it('joins both directions of a connection in one row', () => {
    const [row, ...others] = rowsOf(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:22 tcp packets=10 bytes=1000 at=5 for=20 flags=2
        eni-a 10.0.0.2:22 > 10.0.0.1:40000 tcp packets=8 bytes=4000 at=6 for=30 flags=22
      `),
    );
    expect(others).toEqual([]);
    expect(row).toEqual({
      observer: 'eni-a',
      client: '10.0.0.1',
      server: '10.0.0.2',
      port: 22,
      protocol: 6,
      window: START,
      forwardFlows: 1,
      backwardFlows: 1,
      forwardPackets: 10,
      forwardBytes: 1_000,
      backwardPackets: 8,
      backwardBytes: 4_000,
      packetsLog: [52, 52 ** 2],
      bytesLog: [159, 159 ** 2],
      durationSum: 20,
      rejects: [0, 0],
      opens: 1,
      resets: 1,
      flags: [2, 22],
      basis: 3,
      marks: 1,
      last: START + 36,
      clientPorts: [40_000, 40_000],
      slots: [2, 0],
      ports: row.ports,
      packetsRange: [10, 10],
      first: [START + 5, 'log', 2],
      reply: [START + 6, 'log', 3],
      members: 0,
    });
  });

  it('gathers the connections of a client to one service of a server in one row', () => {
    const rows = rowsOf(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp flags=3
        eni-a 10.0.0.1:40001 > 10.0.0.2:443 tcp flags=3
        eni-a 10.0.0.1:40007 > 10.0.0.2:443 tcp flags=3
      `),
    );
    expect(rows.map(({ forwardFlows, clientPorts }) => [forwardFlows, clientPorts])).toEqual([[3, [40_000, 40_007]]]);
  });

  it.each([
    ['observers', 'eni-b 10.0.0.1:40000 > 10.0.0.2:443 tcp'],
    ['clients', 'eni-a 10.0.0.3:40000 > 10.0.0.2:443 tcp'],
    ['servers', 'eni-a 10.0.0.1:40000 > 10.0.0.3:443 tcp'],
    ['server ports', 'eni-a 10.0.0.1:40000 > 10.0.0.2:444 tcp'],
    ['protocols', 'eni-a 10.0.0.1:40000 > 10.0.0.2:443 udp'],
    ['windows', 'eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=300'],
  ])('keeps different %s apart', (_, line) => {
    expect(rowsOf(build(`eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp\n${line}`))).toHaveLength(2);
  });

  it('counts a record in the five-minute window of its start, however long it lasts and whenever it comes', () => {
    const rows = rowsOf(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=600
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=299 for=500
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=0
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=300
      `),
    );
    expect(rows.map(({ window, forwardFlows }) => [window - START, forwardFlows])).toEqual([
      [0, 2],
      [300, 1],
      [600, 1],
    ]);
  });

  it('counts a record by its end where the log leaves starts out', () => {
    const fields = ALL_FIELDS.filter((name) => name !== 'start');
    const line = 'eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=310 for=20';
    const [row] = rowsOf(build(line, { fields }));
    expect([row.window, row.last]).toEqual([START + 300, START + 330]);
  });

  it('marks a slot of five seconds for every start of a forward flow', () => {
    const [{ slots }] = rowsOf(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=0
        eni-a 10.0.0.1:40001 > 10.0.0.2:443 tcp at=4
        eni-a 10.0.0.1:40002 > 10.0.0.2:443 tcp at=149
        eni-a 10.0.0.1:40003 > 10.0.0.2:443 tcp at=150
        eni-a 10.0.0.1:40004 > 10.0.0.2:443 tcp at=299
        eni-a 10.0.0.2:443 > 10.0.0.1:40004 tcp at=77
      `),
    );
    expect(slots).toEqual([1 | (1 << 29), 1 | (1 << 29)]);
  });

  it('keeps the first record each way as evidence: by start, then by name of the source, then by place', () => {
    const forward = 'eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp';
    const log = [
      located(`${forward} at=9`, 1, 'log-a'),
      located(`${forward} at=7`, 8, 'log-b'),
      located(`${forward} at=7`, 5, 'log-b'),
      located(`${forward} at=7`, 2, 'log-c'),
      located('eni-a 10.0.0.2:443 > 10.0.0.1:40000 tcp at=7', 3, 'log-c'),
    ];
    for (const order of [log, log.toReversed()]) {
      const [{ first, reply }] = rowsOf(built(order));
      expect(first).toEqual([START + 7, 'log-b', 5]);
      expect(reply).toEqual([START + 7, 'log-c', 3]);
    }
  });

  it('takes the addresses of the packet for the ends, and remembers which stood in their place', () => {
    const conversations = build(`
      eni-nat 10.0.0.1:40000 > 10.0.9.9:443 tcp pkt-srcaddr=10.0.0.1 pkt-dstaddr=8.8.8.8
      eni-nat 10.0.9.9:443 > 10.0.0.1:40000 tcp pkt-srcaddr=8.8.8.8 pkt-dstaddr=10.0.0.1
    `);
    const { rows, translators } = dump(conversations);
    expect(rows.map(({ client, server, backwardFlows, marks }) => [client, server, backwardFlows, marks])).toEqual([
      ['10.0.0.1', '8.8.8.8', 1, 2],
    ]);
    expect(translators).toEqual(['eni-nat 10.0.9.9']);
  });

  it('names the observer by resource or attachment where there is no interface', () => {
    const rows = rowsOf(
      build(`
        - 10.0.0.1:40000 > 10.0.0.2:443 tcp resource-id=nat-1
        - 10.0.0.1:40000 > 10.0.0.2:443 tcp tgw-attachment-id=tgw-attach-1
        - 10.0.0.1:40000 > 10.0.0.2:443 tcp
      `),
    );
    expect(rows.map(({ observer }) => observer)).toEqual(['-', 'nat-1', 'tgw-attach-1']);
  });

  it('counts records without addresses, which belong to no conversation', () => {
    const conversations = build('eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp', {
      fields: ['interface-id', 'start', 'end'],
    });
    expect(dump(conversations)).toMatchObject({ rows: [], unaddressed: 1 });
  });

  it('keeps the account of every observer', () => {
    const { accounts } = dump(
      build(`
        eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp account-id=111111111111
        eni-b 10.0.0.1:40000 > 10.0.0.2:443 tcp account-id=222222222222
      `),
    );
    expect(accounts).toEqual(['eni-a 111111111111', 'eni-b 222222222222']);
  });

  it('gives an observer that several accounts claim the same one in any order, and a named one before none', () => {
    const lines = ['222222222222', '-', '111111111111'].map(
      (account, host) => `- 10.0.0.${host + 1}:40000 > 10.0.0.9:443 tcp account-id=${account}`,
    );
    for (const order of [lines, [...lines].reverse()]) {
      expect(dump(build(order.join('\n'))).accounts).toEqual(['- 111111111111']);
    }
    const parts = lines.map((line) => build(line));
    for (const order of [parts, [...parts].reverse()])
      expect(dump(merged(...order)).accounts).toEqual(['- 111111111111']);
  });

  it('finds the row of a key and no other', () => {
    const conversations = build('eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp');
    const { names } = conversations;
    const key = {
      observer: names.text.intern('eni-a'),
      client: names.addresses.parse('10.0.0.1'),
      server: names.addresses.parse('10.0.0.2'),
      service: (6 << 16) | 443,
      window: START,
    };
    expect(conversations.find(key)).toBe(0);
    expect(conversations.find({ ...key, window: START + 300 })).toBe(-1);
  });
});

describe('the limit on rows', () => {
  it.each([Number.NaN, -1, 0, 1, 7.5, Number.POSITIVE_INFINITY])('refuses %s', (rowsMax) => {
    expect(() => new Conversations(createNames(), { rowsMax })).toThrow(
      `expected a whole number from ${conversationsMin}`,
    );
  });

  it('folds the lightest conversations into rest rows and keeps all totals', () => {
    const hosts = Array.from({ length: 200 }, (_, host) => `10.0.${host >> 6}.${1 + (host & 63)}`);
    const lines = hosts.flatMap((host, index) => [
      `eni-a ${host}:40000 > 10.9.0.1:443 tcp packets=${index + 1} bytes=${100 * index} flags=3`,
      `eni-a ${host}:40000 > 8.8.8.8:443 tcp packets=${1000 + index} bytes=${70 * index} flags=3`,
    ]);
    const full = build(lines.join('\n'));
    const small = build(lines.join('\n'), { rowsMax: 300 });
    expect(small.size).toBeLessThanOrEqual(300);
    expect(totals(rowsOf(small))).toEqual(totals(rowsOf(full)));
    const rest = rowsOf(small).filter(({ members }) => members > 0);
    expect(rest.reduce((sum, { members }) => sum + members, 0)).toBe(small.folded);
    expect(small.folded + rowsOf(small).length - rest.length).toBe(400);
    const kept = rowsOf(small).filter(({ members }) => members === 0);
    expect(Math.min(...kept.map(({ forwardPackets }) => forwardPackets))).toBeGreaterThan(100);
  });

  it('folds by host of ours, observer, protocol and window, as client or as server of strangers', () => {
    const weights = [
      ['10.0.0.1:40000 > 8.8.8.8:53 udp', 3],
      ['10.0.0.1:40000 > 8.8.4.4:53 udp', 3],
      ['10.0.0.1:40000 > 10.0.0.9:53 udp', 3],
      ['9.1.1.1:40000 > 10.0.0.1:53 udp', 3],
      ['9.1.1.2:40000 > 10.0.0.1:53 udp', 3],
      ['9.1.1.1:40000 > 9.9.9.9:53 udp', 3],
      ['10.0.0.1:40000 > 8.8.8.8:443 tcp', 3],
    ].map(([line, packets]) => `eni-a ${line} packets=${packets}`);
    const heavy = Array.from(
      { length: 9 },
      (_, i) => `eni-a 10.0.0.7:40000 > 10.0.0.8:${100 + i} tcp packets=${90 + i}`,
    );
    const conversations = build([...weights, ...heavy].join('\n'), { rowsMax: 13 });
    const rest = rowsOf(conversations).filter(({ members }) => members > 0);
    expect(
      rest.map(({ client, server, port, protocol, members }) => [client, server, port, protocol, members]),
    ).toEqual([
      ['-', '-', 0, 17, 1],
      ['-', '10.0.0.1', 0, 17, 2],
      ['10.0.0.1', '-', 0, 17, 3],
      ['10.0.0.1', '-', 0, 6, 1],
    ]);
  });

  it('keeps the hosts of the networks that are said to be ours', () => {
    const lines = Array.from({ length: 101 }, (_, i) => `eni-a [2001:db8::1]:40000 > 8.8.8.8:${1_000 + i} udp`);
    const [rest] = rowsOf(build(lines.join('\n'), { rowsMax: 100 })).filter(({ members }) => members > 0);
    expect(rest).toMatchObject({ client: '-', members: 51 });
    const ours = new NetworkSet(['2001:db8::/64']);
    const [named] = rowsOf(build(lines.join('\n'), { rowsMax: 100, ours })).filter(({ members }) => members > 0);
    expect(named).toMatchObject({ client: '2001:db8::1', members: 51 });
  });

  it('keeps about half when all are of one weight', () => {
    const lines = Array.from({ length: 101 }, (_, i) => `eni-a 10.0.0.1:40000 > 8.8.8.8:${1_000 + i} udp`);
    const conversations = build(lines.join('\n'), { rowsMax: 100 });
    expect(conversations.folded).toBe(51);
    expect(conversations.size).toBe(101 - 51 + 1);
  });

  it('keeps totals and stays within any limit, also the smallest', () => {
    fc.assert(
      fc.property(anyLog, anyLog, fc.integer({ min: conversationsMin, max: 40 }), (x, y, rowsMax) => {
        const small = addLocated(new Conversations(createNames(), { rowsMax }), x);
        small.merge(built(y));
        const rows = rowsOf(small);
        expect(rows.length).toBeLessThanOrEqual(rowsMax);
        expect(totals(rows)).toEqual(totals(rowsOf(merged(built(x), built(y)))));
        expect(rows.reduce((sum, { members }) => sum + members, 0)).toBe(small.folded);
      }),
    );
  });

  it('stays bounded when a flood spoofs a new source with every packet, and still knows the victim', () => {
    const rowsMax = 64;
    const conversations = new Conversations(createNames(), { rowsMax });
    for (let part = 0; part < 4; part++) {
      const lines = Array.from({ length: 2_000 }, (_, i) => {
        return `eni-a ${20 + part}.7.${i >> 8}.${i & 255}:40000 > 10.0.0.1:80 tcp flags=2`;
      });
      addTo(conversations, lines.join('\n'));
    }
    const rows = rowsOf(conversations);
    expect(rows.length).toBeLessThanOrEqual(rowsMax);
    expect(totals(rows)).toMatchObject({ flows: 8_000, packets: 8_000 });
    const [rest] = rows.filter(({ members }) => members > 0);
    expect(rest).toMatchObject({ client: '-', server: '10.0.0.1', members: conversations.folded });
    expect(conversations.folded).toBeGreaterThan(8_000 - rowsMax);
  });
});

describe('growing', () => {
  it('keeps all rows past the first allocation', () => {
    const conversations = new Conversations(createNames());
    const lines = Array.from({ length: 40_000 }, (_, i) => `eni-a 10.1.${i >> 8}.${i & 255}:40000 > 10.0.0.2:443 tcp`);
    addTo(conversations, lines.join('\n'));
    addTo(conversations, lines.join('\n'));
    expect(conversations.size).toBe(40_000);
    for (const row of [0, 16_383, 16_384, 39_999]) {
      expect(rowOf(conversations, row)).toMatchObject({ client: `10.1.${row >> 8}.${row & 255}`, forwardFlows: 2 });
    }
  });
});

describe('sources', () => {
  it('have one index a name', () => {
    const conversations = empty();
    expect(['a', 'b', 'a', 'c', 'b'].map((name) => conversations.source(name))).toEqual([0, 1, 0, 2, 1]);
    expect(conversations.sources).toEqual(['a', 'b', 'c']);
  });
});
