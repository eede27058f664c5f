import { internetPeer } from '../internet.ts';
import type { Random } from '../random.ts';
import { ephemeralPort, LINUX } from '../stack.ts';
import type { World } from '../world.ts';
import { drawBlast, drawKind, stream } from './stream.ts';

/** A compromised host floods one or few public targets: equal packets at 200 to 100,000 a second, times intensity. */
export function outboundFlood(world: World, random: Random): void {
  const { start, end } = drawBlast(world, random);
  const actor = random.choice(world.network.hosts);
  const kind = drawKind(random);
  const port = kind.name === 'icmp' ? 0 : random.choice([80, 80, 53, 443, 22, random.integer(1_024, 65_535)]);
  const rate = random.logUniform(200, 100_000) * world.intensity;
  const targets = Array.from(
    {
      length: random.weighted([
        [1, 8],
        [3, 1],
        [8, 1],
      ]),
    },
    () => internetPeer(random, LINUX),
  );
  for (const target of targets) {
    world.label('denial-of-service', start, end, { from: actor, to: target });
    // One socket keeps its source port; raw tools count it up, of which the log keeps as many flows as ports.
    const minutes = (end - start) / 60;
    const most = Math.min(4_000, (4_000 * Math.max(1, world.intensity)) / Math.max(1, minutes * targets.length));
    const ports = kind.name === 'icmp' || random.chance(0.4) ? 1 : Math.ceil(random.logUniform(2, Math.max(3, most)));
    const packets = Math.max(1, Math.round((rate * (end - start)) / targets.length / ports));
    const first = ephemeralPort(random, actor.stack);
    // SYNs and pings are answered as long as the target can; datagrams of rubbish are not.
    const answering = random.chance(0.4) && kind.name !== 'udp' ? random.uniform(0.1, 1) : 0;
    for (let i = 0; i < ports; i++) {
      const sourcePort = kind.name === 'icmp' ? 0 : 1_024 + ((first + i) % 64_512);
      world.once(start, () =>
        stream(world, { from: actor, to: target, sourcePort, port, kind, packets, start, end, answering }),
      );
    }
  }
}
