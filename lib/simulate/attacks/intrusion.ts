import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { LINUX } from '../stack.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';
import { drawInsideAddresses, drawSweeper } from './scan.ts';

/**
 * An intrusion from one host of ours, stage after stage as GuardDuty's attack sequences have them: it looks for a service inside, calls its server
 * from then on, and sends data there within some hours. Sizes are ordinary ones of the scenarios of each stage.
 */
export function intrusion(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.1, 0.3]);
  const { actor, port } = drawSweeper(world, random, [22, 445, 3389, 5985]);
  const home = internetPeer(random, LINUX);
  lookAround(world, random.fork('look'), actor, port, start);
  callHome(world, random.fork('call'), actor, home, start + 120);
  sendOut(world, random.fork('send'), actor, home, end);
}

/** 60 to 500 addresses, about a /26 to a /23, at 1 to 50 a second. */
function lookAround(world: World, random: Random, actor: Host, port: number, start: number): void {
  const count = Math.max(5, Math.round(random.logUniform(60, 500) * world.intensity));
  const addresses = drawInsideAddresses(world, random, count).filter((address) => address !== actor.address);
  const gap = 1 / random.logUniform(1, 50);
  world.befriend(actor, 'anyone', port);
  const last = start + addresses.length * gap;
  world.label('scan', start, last, { from: actor, port, protocol: PROTOCOL.tcp, inside: true });
  for (const [i, address] of addresses.entries()) {
    const server: Peer = world.network.at(address) ?? { name: 'unused', address, stack: LINUX, reach: 'vpc' };
    const at = start + i * gap;
    const nothing = { up: 0, down: 0, turns: 0, ending: 'abort', patience: 2 } as const;
    const fate = server.interface ? {} : { outcome: 'silent' as const };
    world.once(at, () => world.traffic.tcp(random, { client: actor, server, port, at, ...nothing, ...fate }));
  }
}

/** Every minute, as frameworks do unless told otherwise, with a tenth of jitter. */
function callHome(world: World, random: Random, client: Host, server: Peer, from: number): void {
  const sleep = 60 / world.intensity;
  const habit = drawHabit(random, world.network);
  world.befriend(client, server, 443);
  world.label('command-and-control', from, world.end, { from: client, to: server, port: 443, protocol: PROTOCOL.tcp });
  world.repeat({
    from,
    gap: () => sleep * random.uniform(0.9, 1.1),
    act: (at) => {
      const work = { up: 900, down: 2_600, turns: 3, habit, outcome: 'served' } as const;
      world.traffic.tcp(random, { client, server, port: 443, at, ...work });
    },
  });
}

/** 200 MB to 5 GB at 10 MB/s. */
function sendOut(world: World, random: Random, client: Host, server: Peer, at: number): void {
  const up = random.logUniform(2e8, 5e9) * world.intensity;
  const seconds = Math.min(up / 1e7, Math.max(1, world.end - at - 5));
  world.label('exfiltration', at, at + seconds, { from: client, to: server, port: 443, protocol: PROTOCOL.tcp });
  const work = { up, down: 4_000, turns: 5, seconds, outcome: 'served' } as const;
  world.once(at, () => world.traffic.tcp(random, { client, server, port: 443, at, ...work }));
}
