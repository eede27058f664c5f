import { describe, expect, it } from 'vitest';
import { Observer } from '../../lib/simulate/observe.ts';
import { Random } from '../../lib/simulate/random.ts';
import { Schedule } from '../../lib/simulate/schedule.ts';
import { Traffic } from '../../lib/simulate/traffic.ts';
import { World } from '../../lib/simulate/world.ts';
import { aHost, aNetwork, aPeer, BEGIN } from './stage.ts';

const DAY = 86_400;

function aWorld(
  seconds = 3_600,
  hosts = [aHost({ address: '10.0.0.5' }), aHost({ address: '10.0.0.6', role: 'mail' })],
) {
  const network = aNetwork({ hosts });
  const [begin, end] = [BEGIN, BEGIN + seconds];
  const observer = new Observer({
    aggregationSeconds: 60,
    beginSeconds: begin,
    endSeconds: end,
    interfaces: [],
    random: new Random(1),
  });
  const schedule = new Schedule();
  const traffic = new Traffic(network, observer);
  return {
    world: new World({ network, traffic, schedule, random: new Random('world'), begin, end, intensity: 1 }),
    schedule,
  };
}

describe('World', () => {
  it('repeats from the beginning to the end of the run at the gaps asked for', () => {
    const { world, schedule } = aWorld(100);
    const times: number[] = [];
    world.repeat({ gap: () => 30, act: (now) => times.push(now - BEGIN) });
    schedule.run(BEGIN + 1_000);
    expect(times).toEqual([0, 30, 60, 90]);
  });

  it('repeats within the bounds given', () => {
    const { world, schedule } = aWorld(1_000);
    const times: number[] = [];
    world.repeat({ from: BEGIN + 10, until: BEGIN + 31, gap: () => 10, act: (now) => times.push(now - BEGIN) });
    schedule.run(BEGIN + 1_000);
    expect(times).toEqual([10, 20, 30]);
  });

  it('goes on in time even when a gap is zero or below', () => {
    const { world, schedule } = aWorld(1);
    let count = 0;
    world.repeat({ gap: () => -5, act: () => count++ });
    schedule.run(BEGIN + 10);
    expect(count).toBeGreaterThan(900);
    expect(count).toBeLessThanOrEqual(1_001);
  });

  it('does something once', () => {
    const { world, schedule } = aWorld();
    let count = 0;
    world.once(BEGIN + 5, () => count++);
    schedule.run(BEGIN + 5);
    expect(count).toBe(0);
    schedule.run(BEGIN + 3_600);
    expect(count).toBe(1);
  });

  it('has a daily rhythm around one', () => {
    const { world } = aWorld();
    const paces = Array.from({ length: 96 }, (_, i) => world.pace(BEGIN + (i * DAY) / 96));
    expect(paces.reduce((sum, pace) => sum + pace, 0) / paces.length).toBeCloseTo(1, 5);
    expect(Math.min(...paces)).toBeGreaterThan(0);
    expect(world.pace(BEGIN + DAY)).toBeCloseTo(world.pace(BEGIN), 9);
  });

  it('finds hosts by role, and a stand-in where there are none', () => {
    const { world } = aWorld();
    const random = new Random('roles');
    expect(world.hosts(random, 'mail').map(({ address }) => address)).toEqual(['10.0.0.6']);
    expect(world.hosts(random, 'crawler')).toHaveLength(1);
  });

  it('remembers who has benign business with whom', () => {
    const { world } = aWorld();
    const [a, b] = world.network.hosts as [ReturnType<typeof aHost>, ReturnType<typeof aHost>];
    expect([world.knows(a, b), world.uses(a, 22)]).toEqual([false, false]);
    world.befriend(a, b, 22);
    expect([world.knows(a, b), world.knows(b, a)]).toEqual([true, true]);
    expect([world.uses(a, 22), world.uses(a, 23), world.uses(b, 22)]).toEqual([true, false, false]);
    world.befriend(a, 'anyone', 'high');
    expect([world.uses(a, 5_000), world.uses(a, 500)]).toEqual([true, false]);
    world.befriend(b, 'anyone', 'any');
    expect(world.uses(b, 9_999)).toBe(true);
  });

  it('labels a scope in a row whose absent columns mean any', () => {
    const { world } = aWorld();
    world.label('scan', BEGIN + 10.7, BEGIN + 20.2, { from: aPeer(), port: 22, protocol: 6 });
    expect(world.labels).toHaveLength(1);
    expect(world.labels[0]).toMatchObject({
      start: BEGIN + 10,
      srcaddr: '8.8.4.4',
      dstport: 22,
      protocol: 6,
      label: 'scan',
    });
    expect(world.labels[0]).not.toHaveProperty('dstaddr');
    expect(world.labels[0]!.end).toBeGreaterThan(BEGIN + 20);
  });

  it('labels no time after the run', () => {
    const { world } = aWorld(60);
    world.label('scan', BEGIN, BEGIN + 1_000, { from: aPeer() });
    expect(world.labels[0]!.end).toBe(BEGIN + 60);
  });

  it('labels what the NAT gateway logs: the outer leg as the attack, the mixed inner leg as unlabelled', () => {
    const { world } = aWorld();
    const gateway = aHost({ address: '10.0.1.1', role: 'gateway' });
    const from = aHost({ address: '10.0.0.9', gateway });
    world.label('command-and-control', BEGIN, BEGIN + 60, { from, to: aPeer(), port: 443 });
    expect(world.labels.map(({ srcaddr, dstaddr, label }) => [srcaddr, dstaddr, label])).toEqual([
      ['10.0.0.9', '8.8.4.4', 'command-and-control'],
      ['10.0.1.1', '8.8.4.4', 'command-and-control'],
      ['10.0.0.9', '10.0.1.1', 'unlabelled'],
    ]);
  });

  it('labels one row for what stays inside, gateway or not', () => {
    const { world } = aWorld();
    const from = aHost({ address: '10.0.0.9', gateway: aHost({ address: '10.0.1.1', role: 'gateway' }) });
    world.label('scan', BEGIN, BEGIN + 60, { from, port: 445, inside: true });
    world.label('scan', BEGIN, BEGIN + 60, { from, to: aHost({ address: '10.0.0.6' }) });
    expect(world.labels).toHaveLength(2);
  });

  it('labels IPv6 addresses where the attack uses them', () => {
    const { world } = aWorld();
    world.label('brute-force', BEGIN, BEGIN + 60, { from: aPeer({ address6: '2a00::1' }), ipv6: true });
    expect(world.labels[0]!.srcaddr).toBe('2a00::1');
  });
});
