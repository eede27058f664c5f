import { PROTOCOL } from '../../flowlog/fields.ts';
import { internetPeer } from '../internet.ts';
import type { Host, Peer } from '../network.ts';
import type { Random } from '../random.ts';
import { reachable } from '../security.ts';
import { LINUX } from '../stack.ts';
import { DATAGRAM_HEADER_BYTES } from '../traffic.ts';
import { drawHabit } from '../volume.ts';
import type { World } from '../world.ts';
import { drawEpisode, drawStranger } from './episode.ts';
import { probe, TOP_PORTS } from './scan.ts';
import { stream } from './stream.ts';

/*
 * What awslabs/amazon-guardduty-tester does (lib/common/testResources/scenarios/ec2/*.sh), at its own size times intensity, so that 0.1 is a run
 * ten times smaller. The network, the hosts and the start differ by seed; nothing else is drawn but speeds.
 */

/** Passwords in the tester's list. */
const PASSWORDS = 256;
/** Lines of its list of users: a guess, the file is made when it is installed. */
const USERS = 5;

/** Portscan.sh: `nmap -sT -Pn` of one internal host, its 1,000 default ports by connect; 100 to 2,000 a second is our guess of -T3. */
export function testerPortScan(world: World, random: Random): void {
  const { start } = drawEpisode(world, random);
  const { actor, target } = drawInsiders(world, random);
  const count = scaled(1_000, world.intensity, 65_535);
  const gap = 1 / random.logUniform(100, 2_000);
  world.befriend(actor, target, 'any');
  world.label('scan', start, start + count * gap * 2, { from: actor, to: target });
  const others = Array.from({ length: 65_535 }, (_, i) => i + 1).filter((port) => !TOP_PORTS.includes(port));
  const ports = random.shuffle([...TOP_PORTS, ...random.shuffle(others)].slice(0, count));
  for (const [i, port] of ports.entries()) {
    const at = start + i * gap;
    world.once(at, () => probe(world, random, { client: actor, server: target, port, at, raw: false }));
  }
}

/** SSHBruteForce.sh: 20 rounds of crowbar with one key for each user, five threads each (its default, from general knowledge). */
export function testerSshGuessing(world: World, random: Random): void {
  const rounds = scaled(20, world.intensity, 20_000);
  const work = { up: random.uniform(2_200, 2_900), down: random.uniform(1_900, 2_600), turns: 9 };
  // A round starts an interpreter and reads its lists: one to three seconds, our guess.
  guess(world, random, { port: 22, times: rounds, parallel: USERS, pause: random.uniform(1, 3), work });
}

/** RDPBruteForce.sh: `hydra -L users -P password_list.txt`, four at a time as hydra does with RDP (and the tester's first version said). */
export function testerRdpGuessing(world: World, random: Random): void {
  const times = Math.ceil(scaled(USERS * PASSWORDS, world.intensity, 200_000) / 4);
  const work = { up: random.uniform(1_200, 2_200), down: random.uniform(1_400, 2_400), turns: 6 };
  guess(world, random, { port: 3389, times, parallel: 4, pause: random.uniform(0.2, 1), work });
}

interface Guesses {
  readonly port: number;
  readonly times: number;
  readonly parallel: number;
  readonly pause: number;
  readonly work: { readonly up: number; readonly down: number; readonly turns: number };
}

function guess(world: World, random: Random, { port, times, parallel, pause, work }: Guesses): void {
  const { start } = drawEpisode(world, random);
  const { actor: client, target: server } = drawInsiders(world, random, port);
  world.befriend(client, server, port);
  const step = Math.min(pause, (world.end - start) / times);
  const end = start + times * step * 1.1;
  world.label('brute-force', start, end, { from: client, to: server, port, protocol: PROTOCOL.tcp });
  const habit = { ...drawHabit(random, world.network), spread: 0.05 };
  for (let i = 0; i < times; i++) {
    const at = start + i * step;
    world.once(at, () => {
      for (let thread = 0; thread < parallel; thread++) {
        const noise = random.logNormal(1, 0.01);
        const sizes = { up: work.up * noise, down: work.down * noise, turns: work.turns, habit };
        const begin = at + thread * 0.02;
        world.traffic.tcp(random, {
          client,
          server,
          port,
          at: begin,
          ...sizes,
          seconds: pause * 0.8,
          outcome: 'served',
        });
      }
    });
  }
}

/** DenialOfService-UDP.sh: 400,000 datagrams of 256 bytes to port 80 of one public host. */
export const testerUdpFlood = (world: World, random: Random): void => flood(world, random, 80);
/** DenialOfService-DNS.sh: the same to port 53. */
export const testerDnsFlood = (world: World, random: Random): void => flood(world, random, 53);

/** Each datagram from a socket of its own, so the log has a flow for every ephemeral port; 15,000 to 60,000 a second is our guess of Python. */
function flood(world: World, random: Random, port: number): void {
  const { start } = drawEpisode(world, random);
  const from = random.choice(world.network.hosts);
  const to = internetPeer(random, LINUX);
  const datagrams = scaled(400_000, world.intensity, 4e8);
  const end = Math.min(world.end - 1, start + datagrams / random.logUniform(15_000, 60_000));
  world.label('denial-of-service', start, end, { from, to });
  const [first, last] = from.stack.ephemeral;
  const flows = Math.min(datagrams, last - first + 1);
  const kind = { name: 'udp', protocol: PROTOCOL.udp, packetBytes: 256 + DATAGRAM_HEADER_BYTES } as const;
  world.once(start, () => {
    for (let flow = 0; flow < flows; flow++) {
      const packets = Math.floor(((flow + 1) * datagrams) / flows) - Math.floor((flow * datagrams) / flows);
      const sourcePort = first + flow;
      stream(world, { from, to, sourcePort, port, kind, packets, start, end, answering: 0 });
    }
  });
}

/** Two hosts that have no business with each other; the target listens on the port, if any does. Where all do, the target lies outside. */
function drawInsiders(world: World, random: Random, port?: number): { actor: Host; target: Peer } {
  for (const actor of random.shuffle(world.network.hosts)) {
    const open = port === undefined ? [] : reachable(world.network, actor, [port]).map(([host]) => host);
    const strangers = open.filter((host) => !world.knows(actor, host));
    const target = strangers.length > 0 ? random.choice(strangers) : drawStranger(world, random, actor);
    if (target) return { actor, target };
  }
  return { actor: random.choice(world.network.hosts), target: internetPeer(random, LINUX) };
}

function scaled(count: number, intensity: number, most: number): number {
  return Math.min(most, Math.max(1, Math.round(count * intensity)));
}
