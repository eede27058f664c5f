import { internetPeer } from '../internet.ts';
import type { Random } from '../random.ts';
import { ephemeralPort, LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import type { World } from '../world.ts';
import { drawEpisode } from './episode.ts';

/** Flows of one tunnel: what a log can hold; a tunnel with more questions repeats its ports. */
const FLOWS_MAX = 6_000;

/**
 * Data that leaves as questions for names, straight to a server outside (the VPC's own resolver is not logged): 100 kB to 300 MB times intensity
 * in questions of 80 to 250 bytes (RFC 1035 allows names of 255), over one socket as iodine does or a new one each as a shell loop does; 5 to
 * 1,500 a second. The ranges are our guess.
 */
export function nameExfiltration(world: World, random: Random): void {
  const { start, end } = drawEpisode(world, random, [0.2, 0.6]);
  const client = random.choice(world.network.hosts);
  const server = internetPeer(random, LINUX);
  world.label('exfiltration', start, end, { from: client, to: server });
  const [asked, answered] = [random.integer(80, 250), random.integer(90, 500)];
  const rate = Math.min(1_500, random.logUniform(5, 1_500) * Math.max(1, world.intensity));
  const wanted = (random.logUniform(1e5, 3e8) * world.intensity) / asked;
  const questions = Math.max(20, Math.round(Math.min(wanted, rate * (end - start) * 0.95)));
  const flows = random.chance(0.5) ? 1 : Math.min(questions, FLOWS_MAX);
  const seconds = questions / rate;
  const each = Math.ceil(questions / flows);
  for (let flow = 0; flow < flows; flow++) {
    const clientPort = ephemeralPort(random, client.stack);
    const at = start + (flow / flows) * seconds;
    const up = { packets: each, bytes: each * (asked + DATAGRAM_HEADER_BYTES) };
    const down = { packets: each, bytes: each * (answered + DATAGRAM_HEADER_BYTES) };
    const lasting = flows === 1 ? seconds : (each - 1) / rate;
    world.once(at, () =>
      world.traffic.udp(random, {
        client,
        server,
        port: 53,
        clientPort,
        at,
        up,
        down,
        seconds: lasting,
        outcome: 'served',
      }),
    );
  }
}
