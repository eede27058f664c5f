import { describe, expect, it } from 'vitest';
import { ROW_WORDS } from '../../lib/conversations/row.ts';
import { settle } from '../../lib/conversations/settle.ts';
import { isFailure } from '../../lib/features/failure.ts';
import { build } from '../records.ts';

const there = '10.0.0.1:40000 > 10.0.0.2:22 tcp';
const back = '10.0.0.2:22 > 10.0.0.1:40000 tcp';

function failed(lines: string): boolean {
  const conversations = build(lines);
  const rows = settle(conversations);
  expect(rows).toHaveLength(1);
  return isFailure(conversations.words, conversations.floats, rows[0] * ROW_WORDS);
}

describe('a conversation failed when', () => {
  it.each([
    ['no packet came back', `a ${there} packets=3 flags=2`],
    ['no packet came back, without flags', `a ${there} packets=3`],
    ['no datagram came back', 'a 10.0.0.1:40000 > 10.0.0.2:53 udp'],
    ['no echo came back', 'a 10.0.0.1:0 > 10.0.0.2:0 icmp packets=4'],
    ['it was rejected', `a ${there} flags=2 reject`],
    ['both ways were rejected', `a ${there} flags=2 reject\na ${back} flags=18 reject`],
    ['the server only reset', `a ${there} flags=2\na ${back} flags=4`],
    [
      'the server reset every one of many attempts',
      `a ${there} packets=9 flags=2\na ${back} flags=4\na ${back} flags=4`,
    ],
    ['the answers are bare and few, without flags', `a ${there} packets=2 bytes=104\na ${back} packets=2 bytes=80`],
    [
      'the server only reset, over IPv6',
      `a [fd00::1]:40000 > [fd00::2]:22 tcp flags=2 bytes=80\na [fd00::2]:22 > [fd00::1]:40000 tcp flags=4 bytes=60`,
    ],
    ['the server only reset, in a log without bytes', `a ${there} flags=2 bytes=-\na ${back} flags=4 bytes=-`],
  ])('%s', (_, lines) => {
    expect(failed(lines)).toBe(true);
  });
});

describe('a conversation did not fail when', () => {
  it.each([
    ['the server answered the SYN', `a ${there} packets=2 flags=2\na ${back} packets=1 bytes=44 flags=18`],
    ['it was reset after it was answered', `a ${there} packets=4 flags=2\na ${back} packets=2 bytes=80 flags=22`],
    ['a long connection ended in a reset', `a ${there} packets=50 flags=0\na ${back} packets=60 bytes=9000 flags=4`],
    ['a long connection ended in a reset, without flags', `a ${there} packets=50\na ${back} packets=60 bytes=9000`],
    ['the answer holds data, without flags', `a ${there} packets=3 bytes=180\na ${back} packets=2 bytes=1500`],
    ['a datagram came back', 'a 10.0.0.1:40000 > 10.0.0.2:53 udp\na 10.0.0.2:53 > 10.0.0.1:40000 udp'],
    [
      'some of its flows were accepted and answered',
      `a ${there} packets=9 flags=2 reject\na ${back} packets=9 flags=18`,
    ],
    ['only the server was seen to speak', `a ${back} packets=1 flags=18`],
    ['only a reset was seen, as after a spoofed SYN', `a ${back} flags=4`],
    [
      'a long connection ended in a reset, in a log without bytes',
      `a ${there} packets=50 bytes=- flags=0\na ${back} packets=60 bytes=- flags=4`,
    ],
  ])('%s', (_, lines) => {
    expect(failed(lines)).toBe(false);
  });
});
