import { describe, expect, it } from 'vitest';
import { FEATURES, featureHash } from '../../lib/features/catalog.ts';
import { FIELDS } from '../../lib/flowlog/fields.ts';
import { parseManifest } from '../../lib/model/manifest.ts';
import { STUB_MANIFEST } from '../records.ts';
import { featuresOf } from './describe.ts';

const call = 'a 10.0.0.1:40000 > 8.8.8.8:443 tcp';
const answer = 'a 8.8.8.8:443 > 10.0.0.1:40000 tcp';

/** `count` conversations of one client with as many servers. */
const sweep = (count: number, rest = '') =>
  Array.from({ length: count }, (_, i) => `a 10.0.0.1:40000 > 10.0.1.${i}:22 tcp flags=2 ${rest}`).join('\n');

/** `count` services of one server. */
const portScan = (count: number) =>
  Array.from({ length: count }, (_, i) => `a 10.0.0.1:40000 > 10.0.1.1:${i + 1} tcp flags=2`).join('\n');

/** `count` clients of one service. */
const crowd = (count: number, rest = '') =>
  Array.from({ length: count }, (_, i) => `a 9.9.9.${i}:40000 > 10.0.0.1:443 tcp flags=2 ${rest}`).join('\n');

const answered = 'a 10.0.1.0:22 > 10.0.0.1:40000 tcp packets=5 bytes=900 flags=18';

/** One step of the walk: the logarithm of four. */
const STEP = Math.log(4);

/** What a feature should be, in words, for the conversation of the first record. */
const CASES: readonly (readonly [feature: string, says: string, records: string, expected: number])[] = [
  ['is_tcp', 'is 1 for TCP', call, 1],
  ['is_tcp', 'is 0 for UDP', 'a 10.0.0.1:40000 > 8.8.8.8:53 udp', 0],
  ['is_udp', 'is 1 for UDP', 'a 10.0.0.1:40000 > 8.8.8.8:53 udp', 1],
  ['is_udp', 'is 0 for TCP', call, 0],
  ['is_icmp', 'is 1 for ICMP', 'a 10.0.0.1:0 > 8.8.8.8:0 icmp', 1],
  ['is_icmp', 'is 1 for ICMPv6', 'a [fd00::1]:0 > [fd00::2]:0 icmpv6', 1],
  ['is_icmp', 'is 0 for TCP', call, 0],
  ['client_is_ours', 'is 1 when a private host calls', call, 1],
  ['client_is_ours', 'is 0 when a stranger calls', 'a 8.8.8.8:40000 > 10.0.0.1:443 tcp', 0],
  ['server_is_ours', 'is 1 when a private host is called', 'a 8.8.8.8:40000 > 10.0.0.1:443 tcp', 1],
  ['server_is_ours', 'is 0 when a stranger is called', call, 0],
  ['is_authentication_port', 'is 1 for SSH', 'a 10.0.0.1:40000 > 8.8.8.8:22 tcp', 1],
  ['is_authentication_port', 'is 0 for the web', call, 0],
  ['forward_flows', 'is 2 octaves for three records from the client', `${call}\n${call}\n${call}\n${answer}`, 2],
  ['forward_packets', 'is 3 octaves for seven packets', `${call} packets=7`, 3],
  ['forward_bytes', 'is 10 octaves for 1,023 bytes', `${call} bytes=1023`, 10],
  ['packets_per_flow', 'is the mean exponent of 4 and 16 packets', `${call} packets=4\n${call} packets=16`, 3],
  ['packets_flatness', 'is 1 octave for 4 and 16 packets', `${call} packets=4\n${call} packets=16`, 1],
  ['packets_flatness', 'is 0 for equal flows', `${call} packets=9\n${call} packets=9`, 0],
  ['bytes_flatness', 'is 2 octaves for 64 and 1,024 bytes', `${call} bytes=64\n${call} bytes=1024`, 2],
  ['bytes_flatness', 'is 0 for a single flow', `${call} bytes=64`, 0],
  ['forward_bytes_per_packet', 'is 6 octaves for packets of 63 bytes', `${call} packets=2 bytes=126`, 6],
  ['backward_bytes_per_packet', 'is 6 octaves for packets of 63 bytes', `${call}\n${answer} packets=2 bytes=126`, 6],
  ['backward_bytes_per_packet', 'is 0 without an answer', call, 0],
  ['bytes_balance', 'is 4 octaves for 1,023 bytes out and 63 in', `${call} bytes=1023\n${answer} bytes=63`, 4],
  ['bytes_balance', 'is −4 octaves for a download', `${call} bytes=63\n${answer} bytes=1023`, -4],
  ['packets_balance', 'is 2 octaves for 7 packets out and 1 in', `${call} packets=7\n${answer}`, 2],
  ['is_unanswered', 'is 1 without an answer', `${call} flags=2`, 1],
  ['is_unanswered', 'is 0 with one', `${call} flags=2\n${answer} flags=18`, 0],
  ['is_unprompted', 'is 1 when only the server was seen', `${answer} flags=18`, 1],
  ['is_unprompted', 'is 0 when the client was seen', call, 0],
  ['reject_share', 'is the share of rejected flows', `${call}\n${call} reject\n${answer}\n${answer}`, 0.25],
  ['opens_per_flow', 'is the share of flows with a SYN', `${call} flags=2\n${call} flags=0\n${answer} flags=18`, 0.5],
  ['opens_per_flow', 'is −1 without flags', call, -1],
  ['opens_per_flow', 'is −1 for UDP', 'a 10.0.0.1:40000 > 8.8.8.8:53 udp flags=0', -1],
  [
    'resets_per_flow',
    'is the share of answers with a reset',
    `${call} flags=2\n${answer} flags=4\n${answer} flags=18`,
    0.5,
  ],
  ['resets_per_flow', 'is −1 without flags', `${call}\n${answer}`, -1],
  ['client_ports', 'is about 1 octave for one port', call, 1],
  [
    'client_ports',
    'is about 2 octaves for three',
    [1, 2, 3].map((i) => `a 10.0.0.1:4000${i} > 8.8.8.8:443 tcp`).join('\n'),
    2,
  ],
  ['flows_per_client_port', 'is about 2 octaves for three flows on one port', `${call}\n${call}\n${call}`, 2],
  ['flow_duration', 'is 5 octaves for flows of 31 seconds', `${call} for=31\n${call} for=31`, 5],
  ['active_slots', 'is 2 of 60 for flows 5 seconds apart', `${call} at=0\n${call} at=4\n${call} at=5`, 2 / 60],
  ['gap_regularity', 'is 1 for a call every minute', [0, 60, 120, 180].map((at) => `${call} at=${at}`).join('\n'), 1],
  ['gap_regularity', 'is low for calls by chance', [0, 5, 10, 290].map((at) => `${call} at=${at}`).join('\n'), 0],
  ['gap_regularity', 'is 0 under three gaps', [0, 60, 120].map((at) => `${call} at=${at}`).join('\n'), 0],
  ['client_conversations', 'is 3 octaves for seven conversations', sweep(7), 3],
  ['client_peers', 'is 3 octaves for seven servers', sweep(7), 3],
  ['client_peers', 'is 1 octave for one server on many ports', portScan(7), 1],
  ['client_services', 'is 3 octaves for seven ports of one server', portScan(7), 3],
  ['client_services', 'is 1 octave for one port of many servers', sweep(7), 1],
  ['client_failed_share', 'is the share of dead ends', `${sweep(4)}\n${answered}`, 0.75],
  ['client_walk', 'goes up by one step for every failure', sweep(3), 3 * STEP],
  ['client_walk', 'goes down by one for every success', `${sweep(4)}\n${answered}`, 2 * STEP],
  ['client_service_focus', 'is the share of its most used port', `${sweep(3)}\n${call}`, 0.75],
  ['client_peer_focus', 'is the share of its most used server', `${portScan(3)}\n${call}`, 0.75],
  ['client_internal_share', 'is the share of servers of ours', `${sweep(3)}\n${call}`, 0.75],
  ['client_forward_bytes', 'is 10 octaves for 1,023 bytes in all', `${sweep(3, 'bytes=341')}`, 10],
  ['client_bytes_share', 'is the part of this conversation in what the client sent', sweep(4, 'bytes=100'), 0.25],
  ['pair_services', 'is 3 octaves for seven ports of one server', portScan(7), 3],
  ['pair_services', 'is 1 octave for one port of many servers', sweep(7), 1],
  [
    'pair_failed_share',
    'is the share of dead ends between the two',
    `${portScan(4)}\na 10.0.1.1:2 > 10.0.0.1:40000 tcp packets=5 bytes=900 flags=18`,
    0.75,
  ],
  ['sweep_peers', 'is 3 octaves for seven servers on one port', sweep(7), 3],
  ['sweep_peers', 'is 1 octave for one server on many ports', portScan(7), 1],
  ['sweep_failed_share', 'is the share of dead ends on this port', `${sweep(4)}\n${answered}\n${call}`, 0.75],
  ['sweep_walk', 'counts this port only', `${sweep(4)}\n${answered}\n${call}`, 2 * STEP],
  ['server_peers', 'is 3 octaves for seven clients', crowd(7), 3],
  ['service_peers', 'is 3 octaves for seven clients on one port', `${crowd(7)}\na 9.9.9.9:40000 > 10.0.0.1:80 tcp`, 3],
  [
    'service_failed_share',
    'is the share of unanswered clients',
    `${crowd(4)}\na 10.0.0.1:443 > 9.9.9.0:40000 tcp flags=18`,
    0.75,
  ],
  ['service_forward_packets', 'is 10 octaves for 1,023 packets from all clients', crowd(3, 'packets=341'), 10],
];

describe('feature', () => {
  it.each(CASES)('%s %s', (feature, _, records, expected) => {
    const value = featuresOf(records)[feature];
    // Client ports are an estimate; all else is exact in 32-bit floats.
    const tolerance = feature.includes('client_port') ? 0.05 : 1e-5;
    expect(Math.abs(value - expected), `${value}, expected ${expected}`).toBeLessThanOrEqual(tolerance);
  });

  it('has at least one case each', () => {
    expect(new Set(CASES.map(([feature]) => feature))).toEqual(new Set(FEATURES.map(({ name }) => name)));
  });
});

describe('the catalog', () => {
  it('names each feature once, in plain words', () => {
    const names = FEATURES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it('gives every feature a meaning, a unit, a range that holds its value without fields, and fields of the table', () => {
    const fields = new Set<string>(FIELDS.filter(({ used }) => used).map(({ name }) => name));
    for (const { name, meaning, unit, range, needs, without } of FEATURES) {
      expect(meaning, name).not.toBe('');
      expect(unit, name).not.toBe('');
      expect(range[0] <= without && without <= range[1] && range[0] < range[1], name).toBe(true);
      expect([name, needs.filter((field) => !fields.has(field))]).toEqual([name, []]);
    }
  });

  it('has values between its range for an octave of anything', () => {
    const octave = FEATURES.find(({ name }) => name === 'forward_bytes')!;
    const value = (bytes: number) => featuresOf(`${call} bytes=${bytes}`)[octave.name];
    const steps = [0, 1, 2, 3, 4, 7, 8, 1_000, 1_023, 1_024, 1_048_575, 2 ** 40 - 1].map(value);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect([steps[0], steps[1], steps[3], steps.at(-1)]).toEqual([0, 1, 2, 40]);
    for (const bytes of [1, 5, 90, 12_345, 7_654_321]) {
      expect(Math.abs(value(bytes) - Math.log2(1 + bytes))).toBeLessThan(0.09);
    }
  });
});

describe('the hash of the table', () => {
  it('is a SHA-256 in hexadecimal, the same each time', () => {
    expect(featureHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(featureHash()).toBe(featureHash());
  });

  it('lets a manifest of the same table pass and refuses one of another, naming both', () => {
    expect(parseManifest(JSON.stringify(STUB_MANIFEST)).featureHash).toBe(featureHash());
    const other = 'f'.repeat(64);
    const refused = () => parseManifest(JSON.stringify({ ...STUB_MANIFEST, featureHash: other }));
    expect(refused).toThrow(other);
    expect(refused).toThrow(featureHash());
  });

  it.each([
    ['name', { name: 'other' }],
    ['unit', { unit: 'bits' }],
    ['range', { range: [0, 2] as const }],
    ['needs', { needs: ['start'] as const }],
    ['value without its fields', { without: 0.5 }],
  ])('changes with the %s of a feature', (_, change) => {
    expect(featureHash([{ ...FEATURES[0], ...change }, ...FEATURES.slice(1)])).not.toBe(featureHash());
  });

  it('changes with the order of features', () => {
    expect(featureHash(FEATURES.toReversed())).not.toBe(featureHash());
  });
});
