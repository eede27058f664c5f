import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { NetworkSet } from '../../lib/flowlog/network.ts';
import { addLocated, build, rowsOf, totals } from '../records.ts';
import { connection, seenBy, settled, settledLog, story } from './settled.ts';
import { anyLog } from './traffic.ts';

const LOW_PORTS = [1_738, 4_630, 1_683];

describe('a service on a high port', () => {
  it('is known by the low ports that talk to it', () => {
    const lines = LOW_PORTS.flatMap((port) => connection(`10.0.0.1:${port}`, '9.9.9.9:43097'));
    expect(story(lines)).toEqual(['10.0.0.1 > 9.9.9.9:43097 3/3']);
  });

  it('is known by all its clients together, and in all windows', () => {
    const lines = LOW_PORTS.flatMap((port, i) =>
      connection(`10.0.0.${i + 1}:${port}`, '9.9.9.9:43097', `at=${300 * i}`),
    );
    expect(story(lines)).toEqual([1, 2, 3].map((i) => `10.0.0.${i} > 9.9.9.9:43097 1/1`));
  });

  it('is known by clients that take ports above and below its own', () => {
    const ports = [1_738, 40_000, 60_000];
    const lines = ports.flatMap((port) => connection(`10.0.0.1:${port}`, '10.0.0.2:43097'));
    expect(story(lines)).toEqual(['10.0.0.1 > 10.0.0.2:43097 3/3']);
  });

  it('keeps the beginnings and sizes of the calls', () => {
    const lines = LOW_PORTS.flatMap((port, i) => connection(`10.0.0.1:${port}`, '9.9.9.9:43097', `at=${50 * i}`));
    const [row] = settled(build(lines.join('\n')));
    // Slots of five seconds: 0, 10 and 20.
    expect(row).toMatchObject({
      slots: [1 | (1 << 10) | (1 << 20), 0],
      packetsRange: [5, 5],
      clientPorts: [1_683, 4_630],
    });
  });

  it('is told alike by all who report it, so that nothing counts twice', () => {
    const lines = LOW_PORTS.flatMap((port) => connection(`10.0.0.1:${port}`, '10.0.0.2:43097'));
    const both = [...lines, ...lines.map((line) => line.replace('eni-a', 'eni-b'))];
    expect(story(both)).toEqual(['10.0.0.1 > 10.0.0.2:43097 3/3']);
  });
});

describe('what ports told stands', () => {
  it('for a client that uses a port twice', () => {
    const lines = [5_001, 5_002].flatMap((port) => connection('10.0.0.1:43097', `10.0.0.2:${port}`));
    expect(story(lines)).toEqual(['10.0.0.1 > 10.0.0.2:5001 1/1', '10.0.0.1 > 10.0.0.2:5002 1/1']);
  });

  it('for a scan from one port, though some of the ports answer with data', () => {
    const closed = Array.from({ length: 30 }, (_, i) => `eni-a 9.9.9.9:61000 > 10.0.0.1:${2_000 + i} tcp bytes=44`);
    const open = [3_001, 3_002, 3_003, 3_004].flatMap((port) => connection('9.9.9.9:61000', `10.0.0.1:${port}`));
    const rows = story([...closed, ...open]);
    expect(rows.filter((row) => row.startsWith('9.9.9.9 > 10.0.0.1:'))).toHaveLength(34);
  });

  it('for known services, whatever company their clients keep', () => {
    const lines = [22, 443, 3_306, 8_080].flatMap((port) => connection('10.0.0.1:43097', `10.0.0.2:${port}`));
    expect(story(lines).every((row) => row.startsWith('10.0.0.1 > 10.0.0.2:'))).toBe(true);
  });

  it('for who opened by the flags', () => {
    const lines = LOW_PORTS.flatMap((port) => connection('10.0.0.1:43097', `10.0.0.2:${port}`)).map((line) =>
      line.startsWith('eni-a 10.0.0.1') ? `${line} flags=2` : `${line} flags=18`,
    );
    expect(story(lines).every((row) => row.startsWith('10.0.0.1 > 10.0.0.2:'))).toBe(true);
  });

  it('for a connection that goes on through many windows', () => {
    const lines = [0, 300, 600, 900].flatMap((at) => connection('10.0.0.1:43097', '10.0.0.2:5001', `at=${at}`));
    expect(new Set(story(lines))).toEqual(new Set(['10.0.0.1 > 10.0.0.2:5001 1/1']));
  });
});

describe('a single connection between a host of ours and a stranger', () => {
  const known = connection('10.0.0.1:1500', '8.8.8.8:443');
  const upload = connection('10.0.0.1:1738', '9.9.9.9:43097');

  it('is ours to the stranger where ours takes low ports elsewhere', () => {
    expect(story([...known, ...upload])).toContain('10.0.0.1 > 9.9.9.9:43097 1/1');
  });

  it.each([
    ['takes none', connection('10.0.0.1:40000', '8.8.8.8:443'), upload],
    ['takes the ports of services', connection('10.0.0.1:123', '8.8.8.8:443'), upload],
    ['spoke second', known, [upload[1], `${upload[0]} at=1`]],
    ['is seen one way', known, [upload[1]]],
  ])('is the stranger to ours where ours %s', (_, others, lines) => {
    expect(story([...others, ...lines]).filter((row) => row.startsWith('9.9.9.9 > 10.0.0.1:1738'))).toHaveLength(1);
  });

  it('is a call of the stranger that is known to call ours', () => {
    const calls = connection('9.9.9.9:43000', '10.0.0.1:21');
    expect(story([...known, ...calls, ...upload])).toContain('9.9.9.9 > 10.0.0.1:1738 1/1');
  });

  it('is a call of what takes low ports and is known to call the other, whoever is ours', () => {
    const ftp = connection('10.0.0.2:1501', '10.0.0.1:21');
    const data = connection('10.0.0.2:5327', '10.0.0.1:52041');
    expect(story([...ftp, ...data])).toEqual(['10.0.0.2 > 10.0.0.1:21 1/1', '10.0.0.2 > 10.0.0.1:52041 1/1']);
  });

  it('is the stranger to ours where the stranger is ours as well, or neither is', () => {
    const lines = [...known, ...upload].join('\n');
    for (const networks of [['10.0.0.0/8', '9.0.0.0/8'], ['172.16.0.0/12']]) {
      const rows = settled(build(lines, { ours: new NetworkSet(networks) }));
      expect(rows.map(({ client }) => client).toSorted()).toEqual(['10.0.0.1', '9.9.9.9']);
    }
  });
});

describe('turning', () => {
  it('loses nothing and counts nothing twice', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const seen = seenBy(log, 'eni-a').map((one) => ({ ...one, fields: { ...one.fields, 'tcp-flags': '-' } }));
        const before = totals(rowsOf(addLocated(new Conversations(createNames(), { rowsMax: 1_000 }), seen)));
        expect(totals(settledLog(seen))).toEqual(before);
      }),
    );
  });

  const port = fc.constantFrom(1_500, 1_738, 4_630, 40_000, 43_097, 50_001, 60_000);
  const host = fc.constantFrom('10.0.0.1', '10.0.0.2', '9.9.9.9', '8.8.8.8');
  const anyConnection = fc
    .tuple(host, port, host, port, fc.constantFrom(0, 10, 300))
    .map(([from, own, to, theirs, at]) => connection(`${from}:${own}`, `${to}:${theirs}`, `at=${at}`));
  const anyConnections = fc.array(anyConnection, { minLength: 1, maxLength: 25 }).map((all) => all.flat());

  it('leaves one row for each conversation, whatever the order of the records', () => {
    fc.assert(
      fc.property(anyConnections, (lines) => {
        const rows = settled(build(lines.join('\n')));
        const keys = rows.map((row) => [row.client, row.server, row.port, row.protocol, row.window].join());
        expect(new Set(keys).size).toBe(keys.length);
        const withoutPlaces = (some: typeof rows) =>
          some.map(({ first: _, reply: __, ...rest }) => JSON.stringify(rest)).sort();
        expect(withoutPlaces(settled(build(lines.toReversed().join('\n'))))).toEqual(withoutPlaces(rows));
      }),
      { numRuns: 300 },
    );
  });

  it('tells all who report a conversation the same', () => {
    fc.assert(
      fc.property(anyConnections, (lines) => {
        const others = lines.map((line) => line.replace('eni-a', 'eni-b'));
        const withoutPlaces = (some: ReturnType<typeof settled>) =>
          some.map(({ first: _, reply: __, ...rest }) => rest);
        expect(withoutPlaces(settled(build([...lines, ...others].join('\n'))))).toEqual(
          withoutPlaces(settled(build(lines.join('\n')))),
        );
      }),
      { numRuns: 300 },
    );
  });
});
