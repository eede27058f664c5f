import { describe, expect, it } from 'vitest';
import { drawActor, drawEpisode, drawStranger } from '../../lib/simulate/attacks/episode.ts';
import { Observer } from '../../lib/simulate/observe.ts';
import { Random } from '../../lib/simulate/random.ts';
import { Schedule } from '../../lib/simulate/schedule.ts';
import { Traffic } from '../../lib/simulate/traffic.ts';
import { World } from '../../lib/simulate/world.ts';
import { aHost, aNetwork, BEGIN } from './stage.ts';

const gateway = aHost({ address: '10.0.1.1', role: 'gateway' });
const alone = aHost({ address: '10.0.0.4' });
const first = aHost({ address: '10.0.0.5', gateway });
const second = aHost({ address: '10.0.0.6', gateway });

function aWorld(hosts = [alone, first, second]): World {
  const network = aNetwork({ hosts });
  const times = { beginSeconds: BEGIN, endSeconds: BEGIN + 3_600, aggregationSeconds: 60 };
  const observer = new Observer({ ...times, interfaces: [], random: new Random(1) });
  const traffic = new Traffic(network, observer);
  const schedule = new Schedule();
  return new World({
    network,
    traffic,
    schedule,
    random: new Random('w'),
    begin: BEGIN,
    end: BEGIN + 3_600,
    intensity: 1,
  });
}

describe('drawEpisode', () => {
  it('lies in the run, after its first tenth', () => {
    const world = aWorld();
    for (let seed = 0; seed < 300; seed++) {
      const { start, end } = drawEpisode(world, new Random(seed));
      expect(start).toBeGreaterThanOrEqual(BEGIN + 360);
      expect(end).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual(world.end);
    }
  });
});

describe('drawActor', () => {
  it('never takes a host that uses the port for something benign', () => {
    const world = aWorld();
    world.befriend(alone, 'anyone', 22);
    for (let seed = 0; seed < 50; seed++) expect(drawActor(world, new Random(seed), 22)).not.toBe(alone);
  });

  it('never takes a host whose gateway passes benign traffic to the port for another', () => {
    const world = aWorld();
    world.befriend(first, 'anyone', 22);
    for (let seed = 0; seed < 50; seed++) expect(drawActor(world, new Random(seed), 22)).toBe(alone);
  });

  it('finds nobody where everybody uses the port', () => {
    const world = aWorld();
    for (const host of [alone, first]) world.befriend(host, 'anyone', 22);
    expect(drawActor(world, new Random(1), 22)).toBeUndefined();
  });
});

describe('drawStranger', () => {
  it('never takes the actor itself or anybody it has business with', () => {
    const world = aWorld();
    world.befriend(first, alone, 443);
    for (let seed = 0; seed < 50; seed++) expect(drawStranger(world, new Random(seed), alone)).toBe(second);
  });

  it('finds nobody where everybody is a friend', () => {
    const world = aWorld([alone, first]);
    world.befriend(alone, first, 443);
    expect(drawStranger(world, new Random(1), alone)).toBeUndefined();
  });
});
