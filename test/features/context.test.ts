import { describe, expect, it } from 'vitest';
import { settle } from '../../lib/conversations/settle.ts';
import { Context, TRAIT } from '../../lib/features/context.ts';
import { build, rowOf, START } from '../records.ts';
import { OURS } from './describe.ts';

function contextOf(lines: string, rowsMax?: number) {
  const conversations = build(lines, { rowsMax });
  const rows = settle(conversations);
  const context = new Context(conversations, rows, OURS);
  const position = (client: string, server: string, port: number) =>
    rows.findIndex((row) => {
      const found = rowOf(conversations, row);
      return found.client === client && found.server === server && found.port === port;
    });
  return { context, rows, position };
}

const lines = `
  a 10.0.0.1:40000 > 10.0.0.2:22 tcp packets=5 bytes=100 flags=2
  a 10.0.0.2:22 > 10.0.0.1:40000 tcp packets=5 bytes=100 flags=18
  a 10.0.0.1:40001 > 10.0.0.2:80 tcp packets=1 bytes=40 flags=2
  a 10.0.0.1:40002 > 10.0.0.3:22 tcp packets=1 bytes=40 flags=2
  a 10.0.0.1:40003 > 8.8.8.8:22 tcp packets=1 bytes=40 flags=2
  a 10.0.0.9:40004 > 10.0.0.2:22 tcp packets=7 bytes=300 flags=2
  a 10.0.0.1:40000 > 10.0.0.2:22 tcp packets=5 bytes=100 flags=2 at=300
`;

describe('context', () => {
  const { context, position } = contextOf(lines);
  const here = position('10.0.0.1', '10.0.0.2', 22);

  it('counts the conversations of a client in the window', () => {
    const client = context.client[here];
    expect({
      conversations: context.clientConversations[client],
      failures: context.clientFailures[client],
      internal: context.clientInternal[client],
      peers: context.clientPeers[client],
      services: context.clientServices[client],
      largestService: context.clientLargestService[client],
      largestPeer: context.clientLargestPeer[client],
      bytes: context.clientForwardBytes[client],
    }).toEqual({
      conversations: 4,
      failures: 3,
      internal: 3,
      peers: 3,
      services: 2,
      largestService: 3,
      largestPeer: 2,
      bytes: 220,
    });
  });

  it('counts what happens between two hosts, one conversation a service', () => {
    expect([context.pairConversations[context.pair[here]], context.pairFailures[context.pair[here]]]).toEqual([2, 1]);
  });

  it('counts the servers that a client tries one service on', () => {
    expect([context.sweepConversations[context.sweep[here]], context.sweepFailures[context.sweep[here]]]).toEqual([
      3, 2,
    ]);
  });

  it('counts the clients of a server, on one service and in all', () => {
    const service = context.service[here];
    expect(context.serverPeers[context.server[here]]).toBe(2);
    expect([context.serviceConversations[service], context.serviceFailures[service]]).toEqual([2, 1]);
    expect(context.serviceForwardPackets[service]).toBe(12);
  });

  it('never crosses a window', () => {
    expect(context.windows).toBe(2);
    const conversations = [...context.client].map((client) => context.clientConversations[client]);
    expect(conversations.toSorted()).toEqual([1, 1, 4, 4, 4, 4]);
  });

  it('knows the first and the last window', () => {
    const { context } = contextOf([600, 0, 900].map((at) => `a 10.0.0.1:1 > 9.9.9.9:22 tcp at=${at}`).join('\n'));
    expect([context.firstWindow, context.lastWindow]).toEqual([START, START + 900]);
  });

  it('says of every row whose its hosts are and whether it failed', () => {
    expect(context.traits[position('10.0.0.1', '10.0.0.2', 22)]).toBe(TRAIT.clientIsOurs | TRAIT.serverIsOurs);
    expect(context.traits[position('10.0.0.1', '8.8.8.8', 22)]).toBe(TRAIT.clientIsOurs | TRAIT.failed);
  });

  it('counts nothing of nothing', () => {
    const { context } = contextOf('');
    expect([context.windows, context.client.length]).toEqual([0, 0]);
    expect([context.firstWindow, context.lastWindow]).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it('counts a rest row for as many conversations as it has taken in', () => {
    const many = Array.from({ length: 30 }, (_, i) => `a 10.0.0.1:40000 > 8.8.8.8:${1_000 + i} udp`);
    const { context } = contextOf(many.join('\n'), 10);
    expect(context.clientConversations[context.client[0]]).toBe(30);
  });

  it('counts every conversation once, whatever the number of rows', () => {
    const many = Array.from(
      { length: 5_000 },
      (_, i) => `a 10.0.${i % 50}.1:40000 > 10.1.${(i / 50) | 0}.1:${i % 7} tcp at=${300 * (i % 3)}`,
    );
    const { context, rows } = contextOf(many.join('\n'));
    const counted = (groups: Uint32Array, counts: Uint32Array) =>
      [...new Set(groups)].reduce((sum, group) => sum + counts[group], 0);
    expect(rows).toHaveLength(5_000);
    expect(counted(context.client, context.clientConversations)).toBe(5_000);
    expect(counted(context.pair, context.pairConversations)).toBe(5_000);
    expect(counted(context.sweep, context.sweepConversations)).toBe(5_000);
    expect(counted(context.service, context.serviceConversations)).toBe(5_000);
  });
});
