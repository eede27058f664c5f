import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { forest } from '../../lib/detectors/forest.ts';
import type { Scored } from '../../lib/detectors/scored.ts';
import { score } from '../../lib/detectors/scored.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import { explain, serviceName } from '../../lib/findings/explain.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { incidents } from '../../lib/findings/incident.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { evidenceRecordsMax, findingListMax, reasonsMax } from '../../lib/limits.ts';
import { OURS } from '../features/describe.ts';
import { addTo, START, stubClassifier } from '../records.ts';
import { always, type Judge, scene } from './scenes.ts';

async function explained(scored: Scored): Promise<Finding[]> {
  const found = incidents(new Map([['forest', forest.detect(scored)]]));
  return Promise.all(found.map((incident) => explain(scored, incident)));
}

const sweep = (count: number, rest = 'flags=2') =>
  Array.from({ length: count }, (_, i) => `a 10.0.0.1:40000 > 10.0.${1 + (i >> 8)}.${i & 255}:22 tcp ${rest}`).join(
    '\n',
  );

describe('a finding', () => {
  it('tells who, what, when, and how that was observed', async () => {
    const [finding, ...others] = await explained(
      await scene(`${sweep(6)}\n${sweep(1, 'flags=2 at=100 for=20')}`, always('scan', 0.75)),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      type: 'internal-sweep',
      class: 'scan',
      severity: 'medium',
      title: '10.0.0.1 sweeps internal hosts for 22/tcp',
      account: '123456789012',
      actors: [{ address: '10.0.0.1', isOurs: true }],
      actorCount: 1,
      firstSeen: new Date(START * 1000).toISOString().replace('.000', ''),
      lastSeen: new Date((START + 120) * 1000).toISOString().replace('.000', ''),
      count: 6,
      observed: { hosts: 6, services: 1, conversations: 6, failedShare: 1, contactsPerSecond: 0.05 },
      expected: { failedShare: 0.2, probability: 0.5 },
      probability: 0.75,
      witnesses: ['forest'],
      sources: ['log'],
      technique: { id: 'T1018', name: 'Remote System Discovery' },
    });
    expect(finding.targets).toMatchObject({ hostCount: 6, services: ['22/tcp'], serviceCount: 1 });
    expect(finding.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('lists up to a limit and counts all', async () => {
    const count = findingListMax + 21;
    const lines = Array.from({ length: count }, (_, i) => `a 10.0.0.1:40000 > 10.0.1.${i}:${100 + i} udp`);
    const [{ targets, count: conversations }] = await explained(await scene(lines.join('\n'), always('scan')));
    expect([targets.hosts.length, targets.hostCount]).toEqual([findingListMax, count]);
    expect([targets.services.length, targets.serviceCount]).toEqual([findingListMax, count]);
    expect(conversations).toBe(count);
  });

  it('lists all actors of a flood up to the limit, by their share', async () => {
    const count = findingListMax + 9;
    const lines = Array.from({ length: count }, (_, i) => `a 9.9.9.${i}:40000 > 10.0.0.1:80 tcp packets=9000`);
    const [{ actors, actorCount }] = await explained(await scene(lines.join('\n'), always('denial-of-service')));
    expect([actors.length, actorCount]).toEqual([findingListMax, count]);
    expect(actors[0]).toEqual({ address: '9.9.9.0', isOurs: false });
  });

  it('shows the busiest targets first', async () => {
    const lines = ['10.0.1.7:80', '10.0.1.9:80', '10.0.1.9:81', '10.0.1.9:82', '10.0.1.7:81', '10.0.1.5:80'];
    const [{ targets }] = await explained(
      await scene(lines.map((target) => `a 10.0.0.1:40000 > ${target} udp`).join('\n'), always('scan')),
    );
    expect(targets.hosts.map(({ address }) => address)).toEqual(['10.0.1.9', '10.0.1.7', '10.0.1.5']);
    expect(targets.services).toEqual(['80/udp', '81/udp', '82/udp']);
  });

  it('has first records each way of its strongest conversations as evidence, by place', async () => {
    const lines = `
      a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=3 bytes=900
      a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=3 bytes=900 at=60
      a 9.9.9.9:443 > 10.0.0.1:40000 tcp packets=3 bytes=200 at=1
    `;
    const [{ evidence }] = await explained(await scene(lines, always('exfiltration')));
    expect(evidence).toEqual([
      { source: 'log', ordinal: 2 },
      { source: 'log', ordinal: 4 },
    ]);
    const [{ evidence: most }] = await explained(await scene(sweep(40), always('scan')));
    expect(most).toHaveLength(evidenceRecordsMax);
  });

  it('takes its evidence from the likeliest conversations', async () => {
    const judge: Judge = ({ forward_packets }) => ({ scan: forward_packets > 5 ? 0.95 : 0.6 });
    const lines = `${sweep(8)}\na 10.0.0.1:40000 > 10.0.3.3:22 tcp packets=99 flags=2`;
    const [{ evidence, probability }] = await explained(await scene(lines, judge));
    expect(evidence[0]).toEqual({ source: 'log', ordinal: 10 });
    expect(probability).toBe(0.95);
  });
});

describe('the identity of a finding', () => {
  /** The records of each object, added in the order of the names. */
  async function read(objects: Readonly<Record<string, string>>, order: readonly string[]): Promise<Finding[]> {
    const conversations = new Conversations(createNames(), { rowsMax: 2_000 });
    for (const name of order) addTo(conversations, objects[name], { source: name });
    return explained(await score(conversations, stubClassifier(always('scan')), OURS));
  }

  const objects = {
    'log-a': sweep(6),
    'log-b': Array.from({ length: 9 }, (_, i) => `b 10.0.0.2:40000 > [fd00::${i + 1}]:23 tcp flags=2 at=310`).join(
      '\n',
    ),
    'log-c': sweep(9, 'flags=2 at=240').split('\n').reverse().join('\n'),
  };

  it('and all else stays whatever the order of the objects', async () => {
    const findings = await read(objects, ['log-a', 'log-b', 'log-c']);
    expect(findings.map(({ type }) => type)).toEqual(['internal-sweep', 'internal-sweep']);
    for (const order of [
      ['log-c', 'log-b', 'log-a'],
      ['log-b', 'log-a', 'log-c'],
    ]) {
      expect(await read(objects, order)).toEqual(findings);
    }
  });

  it('is that of the class, the actor, the target and the first window', async () => {
    const upload = (line: string) => scene(line, always('exfiltration'));
    const idOf = async (line: string) => (await explained(await upload(line)))[0].id;
    const line = 'a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=9';
    const id = await idOf(line);
    expect(await idOf(`${line}\n${line}`)).toBe(id);
    expect(await idOf(line.replace('packets=9', 'packets=70 at=50'))).toBe(id);
    expect(await idOf(line.replace('a 10', 'b 10'))).toBe(id);
    expect(await idOf(line.replace('10.0.0.1', '10.0.0.2'))).not.toBe(id);
    expect(await idOf(line.replace('9.9.9.9', '9.9.9.8'))).not.toBe(id);
    expect(await idOf(`${line} at=300`)).not.toBe(id);
    const [other] = await explained(await scene(line, always('command-and-control')));
    expect(other.id).not.toBe(id);
  });

  it('stays when more data turn one type of a class into another', async () => {
    const [spray] = await explained(await scene(sweep(5), always('brute-force')));
    const [guess] = await explained(await scene(sweep(3), always('brute-force')));
    expect([spray.type, guess.type]).toEqual(['password-spray', 'brute-force']);
    expect(spray.id).toBe(guess.id);
  });
});

describe('the reasons of a finding', () => {
  const lines = 'a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=7 bytes=1023';

  it('name the features that moved the score, the strongest first, and no others', async () => {
    const judge: Judge = ({ forward_bytes, forward_packets }) => ({
      exfiltration: 0.1 + 0.06 * forward_bytes + 0.02 * forward_packets,
    });
    const benignMedians = FEATURES.map(({ name }) => (name === 'forward_bytes' ? 5 : 0));
    const [{ reasons }] = await explained(await scene(lines, judge, { benignMedians }));
    const bytes = FEATURES.find(({ name }) => name === 'forward_bytes')!;
    expect(reasons).toEqual([
      { feature: 'forward_bytes', meaning: bytes.meaning, unit: 'octaves', value: 10, benign: 5, effect: 0.3 },
      expect.objectContaining({ feature: 'forward_packets', value: 3, benign: 0, effect: 0.06 }),
    ]);
  });

  it('are none when no single feature moves the score', async () => {
    const [{ reasons }] = await explained(await scene(lines, always('exfiltration')));
    expect(reasons).toEqual([]);
  });

  it('are no more than the limit', async () => {
    const judge: Judge = (features) => ({
      exfiltration: Object.values(features).filter((value) => value > 0).length / FEATURES.length + 0.4,
    });
    const [{ reasons }] = await explained(await scene(lines, judge));
    expect(reasons).toHaveLength(reasonsMax);
  });

  it('speak of the strongest conversations only', async () => {
    const judge: Judge = ({ forward_packets }) => ({ scan: forward_packets > 5 ? 0.95 : 0.6 });
    const strong = Array.from({ length: 8 }, (_, i) => `a 10.0.0.1:40000 > 10.0.3.${i}:22 tcp packets=127 flags=2`);
    const [{ reasons }] = await explained(await scene(`${sweep(30)}\n${strong.join('\n')}`, judge));
    expect(reasons).toMatchObject([{ feature: 'forward_packets', value: 7, effect: 0.35 }]);
  });
});

describe('the name of a service', () => {
  it.each([
    [(6 << 16) | 22, '22/tcp'],
    [(17 << 16) | 53, '53/udp'],
    [1 << 16, 'icmp'],
    [58 << 16, 'icmpv6'],
    [47 << 16, 'gre'],
    [50 << 16, 'esp'],
    [132 << 16, 'protocol 132'],
  ])('of %i is %s', (service, expected) => {
    expect(serviceName(service)).toBe(expected);
  });
});
