import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { F, log16, ROW_WORDS, W } from '../../lib/conversations/row.ts';
import { addTurned, turnInto } from '../../lib/conversations/turn.ts';
import { addForward, clearRow, floatsOf, orFlags } from '../../lib/conversations/update.ts';
import { build, type Row, rowOf, rowsOf, START, totals } from '../records.ts';

/** One row, cleared. */
function single() {
  const words = new Uint32Array(ROW_WORDS);
  clearRow(words, 0);
  return { words, floats: floatsOf(words) };
}

describe('a row turned round', () => {
  it('gives its reverse what it sent as received, and its flags the other way', () => {
    const theirs = single();
    theirs.floats.set([7, 700, 5, 500], F.forwardPackets);
    theirs.words[W.forwardFlows] = 1;
    theirs.words[W.backwardFlows] = 1;
    theirs.words[W.flags] = orFlags(orFlags(0, 2, false, 1, 1), 20, true, 0, 0);
    theirs.words[W.backwardFirst] = 70;
    theirs.words[W.last] = 99;
    theirs.words[W.service] = 50_001;
    theirs.words[W.forwardRejects] = 3;
    theirs.words[W.backwardRejects] = 2;
    const { words, floats } = single();
    addForward(words, floats, 0, 1, 10, 1, 0, 0);
    words[W.flags] = orFlags(0, 1, false, 3, 2);
    addTurned(words, floats, 0, theirs.words);
    const flags = words[W.flags];
    expect({
      packets: [floats[F.forwardPackets], floats[F.backwardPackets]],
      bytes: [floats[F.forwardBytes], floats[F.backwardBytes]],
      flows: [words[W.forwardFlows], words[W.backwardFlows]],
      rejects: [words[W.forwardRejects], words[W.backwardRejects]],
      flags: [flags & 0xff, (flags >>> 8) & 0xff],
      basis: (flags >>> 16) & 0xff,
      marks: flags >>> 24,
      last: words[W.last],
      moments: floats[F.bytesLogSum],
      seconds: floats[F.durationSum],
      clientPorts: words[W.clientPorts],
    }).toEqual({
      packets: [1 + 5, 7],
      bytes: [10 + 500, 700],
      flows: [2, 1],
      rejects: [2, 3],
      flags: [1 | 20, 2],
      basis: 3,
      marks: 3,
      last: 99,
      // Of the client of the row that stays: what it sent itself, and what stood as an answer in the other.
      moments: log16(10) + log16(500),
      seconds: 29,
      clientPorts: 50_001 * 0x1_0001,
    });
  });
});

const flow = fc.record({
  packets: fc.integer({ min: 1, max: 5_000 }),
  bytes: fc.integer({ min: 40, max: 10_000_000 }),
  at: fc.integer({ min: 0, max: 299 }),
});

/** What of a row does not name ports, and rests on the records alone. */
const withoutPorts = ({ port: _, clientPorts: __, ports: ___, basis: ____, durationSum: _____, ...rest }: Row) => rest;

describe('a conversation turned in place', () => {
  it('is what the records would have made of it, had the other end passed for the client', () => {
    fc.assert(
      fc.property(flow, flow, (one, other) => {
        const line = (from: string, to: string, { packets, bytes, at }: typeof one) =>
          `eni-a ${from} > ${to} tcp packets=${packets} bytes=${bytes} at=${at}`;
        const named = (client: string, server: string) =>
          build([line(client, server, one), line(server, client, other)].join('\n'));
        const turned = named('10.0.0.1:40000', '10.0.0.2:443');
        turnInto(turned, 0, 0);
        const mirrored = build(
          [line('10.0.0.1:443', '10.0.0.2:40000', one), line('10.0.0.2:40000', '10.0.0.1:443', other)].join('\n'),
        );
        expect(withoutPorts(rowOf(turned, 0))).toEqual(withoutPorts(rowOf(mirrored, 0)));
      }),
    );
  });

  it('exchanges the ports, and says how long its client was seen', () => {
    const conversations = build(`
      eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp at=5
      eni-a 10.0.0.2:443 > 10.0.0.1:40000 tcp at=10 for=30
    `);
    turnInto(conversations, 0, 0);
    const row = rowOf(conversations, 0);
    expect(row).toMatchObject({ client: '10.0.0.2', server: '10.0.0.1', port: 40_000, clientPorts: [443, 443] });
    expect(row).toMatchObject({ durationSum: 30, first: [START + 10, 'log', 3], reply: [START + 5, 'log', 2] });
  });

  it('keeps all sums, also of several flows each way, which are taken for equal parts', () => {
    const answers = [100, 300].map((bytes) => `eni-a 10.0.0.2:443 > 10.0.0.1:40000 tcp packets=2 bytes=${bytes}`);
    const conversations = build(['eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp', ...answers].join('\n'));
    const before = totals(rowsOf(conversations));
    turnInto(conversations, 0, 0);
    expect(totals(rowsOf(conversations))).toEqual(before);
    expect(rowOf(conversations, 0)).toMatchObject({
      bytesLog: [2 * log16(200), 2 * log16(200) ** 2],
      packetsRange: [2, 2],
    });
  });
});
