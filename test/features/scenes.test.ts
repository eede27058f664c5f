/** Whole scenes, of which every feature of one conversation is worked out by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairNumbers } from '../../lib/conversations/pair-numbers.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import type { FieldName } from '../../lib/flowlog/fields.ts';
import { ALL_FIELDS } from '../records.ts';
import { described, featuresOf } from './describe.ts';

/** log2(1 + value), linear between powers of two. */
function octaves(value: number): number {
  const whole = Math.floor(Math.log2(1 + value));
  return whole + (1 + value) / 2 ** whole - 1;
}

/** The logarithm of four: one step of the walk. */
const STEP = Math.log(4);

/** What linear counting makes of one client port: 64 · ln(64 / 63). */
const ONE_PORT = 64 * Math.log(64 / 63);

/** Four logins from outside, a minute apart, all of one size; one more host tried; somebody else calls the same server. */
const GUESSING = [
  ...[0, 60, 120, 180].flatMap((at, i) => [
    `a 9.9.9.9:${40_000 + i} > 10.0.0.1:22 tcp packets=7 bytes=1023 at=${at} for=3 flags=3`,
    `a 10.0.0.1:22 > 9.9.9.9:${40_000 + i} tcp packets=3 bytes=255 at=${at} for=3 flags=19`,
  ]),
  'a 9.9.9.9:40009 > 10.0.0.2:22 tcp packets=1 bytes=40 at=7 flags=2',
  'a 10.0.0.9:40000 > 10.0.0.1:22 tcp packets=1 bytes=60 at=8 flags=2',
  'a 10.0.0.9:40001 > 10.0.0.1:80 tcp packets=1 bytes=60 at=9 flags=2',
].join('\n');

/** A host of ours uploads over IPv6 in two flows, asks its resolver, and is rejected on another port. */
const UPLOAD = [
  'a [fd00::1]:50000 > [2001:db8::9]:443 tcp packets=16 bytes=16384 at=10 for=60 flags=2',
  'a [fd00::1]:50000 > [2001:db8::9]:443 tcp packets=64 bytes=65536 at=100 for=60 flags=0',
  'a [2001:db8::9]:443 > [fd00::1]:50000 tcp packets=15 bytes=960 at=11 for=60 flags=18',
  'a [2001:db8::9]:443 > [fd00::1]:50000 tcp packets=16 bytes=1063 at=101 for=60 flags=4',
  'a [fd00::1]:50001 > [fd00::2]:53 udp packets=1 bytes=80 at=5',
  'a [fd00::2]:53 > [fd00::1]:50001 udp packets=1 bytes=100 at=5',
  'a [fd00::1]:50002 > [2001:db8::9]:80 tcp packets=1 bytes=80 at=6 flags=2 reject',
].join('\n');

/** A server of ours answers a SYN that was forged in the name of a stranger. */
const BACKSCATTER = 'a 10.0.0.1:80 > 203.0.113.5:1234 tcp packets=2 bytes=88 flags=18';

const SCENES: readonly (readonly [name: string, records: string, expected: Readonly<Record<string, number>>])[] = [
  [
    'guessing of a password',
    GUESSING,
    {
      is_tcp: 1,
      is_udp: 0,
      is_icmp: 0,
      client_is_ours: 0,
      server_is_ours: 1,
      is_authentication_port: 1,
      forward_flows: 2.25,
      forward_packets: octaves(28),
      forward_bytes: octaves(4_092),
      // 7 packets are 2 octaves and three quarters of the way to the next.
      packets_per_flow: 2.75,
      packets_flatness: 0,
      bytes_flatness: 0,
      forward_bytes_per_packet: octaves(4_092 / 28),
      backward_bytes_per_packet: octaves(85),
      bytes_balance: octaves(4_092) - octaves(1_020),
      packets_balance: octaves(28) - octaves(12),
      is_unanswered: 0,
      is_unprompted: 0,
      reject_share: 0,
      opens_per_flow: 1,
      resets_per_flow: 0,
      client_ports: octaves(64 * Math.log(64 / 60)),
      flows_per_client_port: octaves(4 / (64 * Math.log(64 / 60))),
      flow_duration: 2,
      active_slots: 4 / 60,
      gap_regularity: 1,
      client_conversations: octaves(2),
      client_peers: octaves(2),
      client_services: 1,
      client_failed_share: 0.5,
      client_walk: 0,
      client_service_focus: 1,
      client_peer_focus: 0.5,
      client_internal_share: 1,
      client_forward_bytes: octaves(4_132),
      client_bytes_share: 4_092 / 4_132,
      pair_services: 1,
      pair_failed_share: 0,
      sweep_peers: octaves(2),
      sweep_failed_share: 0.5,
      sweep_walk: 0,
      server_peers: octaves(2),
      service_peers: octaves(2),
      service_failed_share: 0.5,
      service_forward_packets: octaves(29),
    },
  ],
  [
    'an upload',
    UPLOAD,
    {
      is_tcp: 1,
      is_udp: 0,
      is_icmp: 0,
      client_is_ours: 1,
      server_is_ours: 0,
      is_authentication_port: 0,
      forward_flows: octaves(2),
      forward_packets: octaves(80),
      forward_bytes: octaves(81_920),
      // 16 and 64 packets: 4 and 6 octaves, each one from their mean; 14 and 16 octaves of bytes likewise.
      packets_per_flow: 5,
      packets_flatness: 1,
      bytes_flatness: 1,
      forward_bytes_per_packet: octaves(1_024),
      backward_bytes_per_packet: octaves(2_023 / 31),
      bytes_balance: octaves(81_920) - octaves(2_023),
      packets_balance: octaves(80) - 5,
      is_unanswered: 0,
      is_unprompted: 0,
      reject_share: 0,
      opens_per_flow: 0.5,
      resets_per_flow: 0.5,
      client_ports: octaves(ONE_PORT),
      flows_per_client_port: octaves(2 / ONE_PORT),
      flow_duration: octaves(60),
      active_slots: 2 / 60,
      gap_regularity: 0,
      client_conversations: 2,
      client_peers: octaves(2),
      client_services: 2,
      client_failed_share: 1 / 3,
      client_walk: -STEP,
      client_service_focus: 1 / 3,
      client_peer_focus: 2 / 3,
      client_internal_share: 1 / 3,
      client_forward_bytes: octaves(82_080),
      client_bytes_share: 81_920 / 82_080,
      pair_services: octaves(2),
      pair_failed_share: 0.5,
      sweep_peers: 1,
      sweep_failed_share: 0,
      sweep_walk: -STEP,
      server_peers: 1,
      service_peers: 1,
      service_failed_share: 0,
      service_forward_packets: octaves(80),
    },
  ],
  [
    'backscatter',
    BACKSCATTER,
    {
      is_tcp: 1,
      is_udp: 0,
      is_icmp: 0,
      client_is_ours: 0,
      server_is_ours: 1,
      is_authentication_port: 0,
      forward_flows: 0,
      forward_packets: 0,
      forward_bytes: 0,
      packets_per_flow: 0,
      packets_flatness: 0,
      bytes_flatness: 0,
      forward_bytes_per_packet: 0,
      backward_bytes_per_packet: octaves(44),
      bytes_balance: -octaves(88),
      packets_balance: -octaves(2),
      is_unanswered: 0,
      is_unprompted: 1,
      reject_share: 0,
      opens_per_flow: 0,
      resets_per_flow: 0,
      client_ports: octaves(ONE_PORT),
      flows_per_client_port: 0,
      flow_duration: 0,
      active_slots: 0,
      gap_regularity: 0,
      client_conversations: 1,
      client_peers: 1,
      client_services: 1,
      client_failed_share: 0,
      client_walk: -STEP,
      client_service_focus: 1,
      client_peer_focus: 1,
      client_internal_share: 1,
      client_forward_bytes: 0,
      client_bytes_share: 0,
      pair_services: 1,
      pair_failed_share: 0,
      sweep_peers: 1,
      sweep_failed_share: 0,
      sweep_walk: -STEP,
      server_peers: 1,
      service_peers: 1,
      service_failed_share: 0,
      service_forward_packets: 0,
    },
  ],
];

/** To 32-bit floats, with -0 as 0. */
const rounded = (features: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(features).map(([name, value]) => [name, Number(value.toFixed(4)) + 0]));

describe('every feature of', () => {
  it.each(SCENES)('%s is what the hand works out', (_, records, expected) => {
    expect(Object.keys(expected)).toEqual(FEATURES.map(({ name }) => name));
    expect(rounded(featuresOf(records))).toEqual(rounded(expected));
  });

  it.each(SCENES)('%s is the same whatever the order of its records', (_, records) => {
    const sorted = (text: string) => described(text).toSorted((a, b) => a.name.localeCompare(b.name));
    expect(sorted(records.split('\n').toReversed().join('\n'))).toEqual(sorted(records));
  });
});

describe('a log that lacks fields', () => {
  const FIELDS_LEFT: readonly FieldName[] = ['interface-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport', 'protocol'];

  it('has for every feature that needs them the value that the table states', () => {
    const features = featuresOf(GUESSING, { fields: FIELDS_LEFT });
    const lacking = FEATURES.filter(({ needs }) => needs.length > 0);
    expect(lacking.length).toBeGreaterThan(20);
    const found = Object.fromEntries(lacking.map(({ name }) => [name, features[name]]));
    expect(found).toEqual(Object.fromEntries(lacking.map(({ name, without }) => [name, without])));
  });

  it.each([
    ['tcp-flags', ['opens_per_flow', 'resets_per_flow']],
    ['action', []],
  ] as const)('of %s only keeps all others as they are', (field, changed) => {
    const fields = ALL_FIELDS.filter((name) => name !== field);
    const [whole, part] = [featuresOf(GUESSING), featuresOf(GUESSING, { fields })];
    expect(Object.keys(whole).filter((name) => whole[name] !== part[name])).toEqual(changed);
  });
});

describe('numbers of pairs', () => {
  it('are one for each pair, from 0 up in the order of first sight', () => {
    const half = fc.oneof(fc.nat(3), fc.constantFrom(0xffff_ffff, 0x8000_0000));
    fc.assert(
      fc.property(fc.array(fc.tuple(half, half), { maxLength: 50 }), (pairs) => {
        const numbers = new PairNumbers(pairs.length);
        const known = new Map<string, number>();
        for (const [first, second] of pairs) {
          const key = `${first}/${second}`;
          if (!known.has(key)) known.set(key, known.size);
          expect(numbers.number(first, second)).toBe(known.get(key));
          expect(numbers.size).toBe(known.size);
        }
      }),
    );
  });

  it('stay apart for many pairs that differ in one word only', () => {
    const numbers = new PairNumbers(20_000);
    for (let i = 0; i < 10_000; i++) expect(numbers.number(i, 7)).toBe(i);
    for (let i = 0; i < 10_000; i++) expect(numbers.number(0xffff_0000, i)).toBe(10_000 + i);
    expect(numbers.number(9_999, 7)).toBe(9_999);
    expect(numbers.size).toBe(20_000);
  });
});
