import { PROTOCOL, TCP_FLAG } from '../../flowlog/fields.ts';
import type { Peer } from '../network.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { drawEpisode, type Episode } from './episode.ts';

const SYN = TCP_FLAG.syn;
const SYN_ACK = TCP_FLAG.syn | TCP_FLAG.ack;

/** What a flood is made of. */
export interface Kind {
  readonly name: 'syn' | 'udp' | 'icmp';
  readonly protocol: number;
  readonly packetBytes: number;
}

export function drawKind(random: Random): Kind {
  const name = random.weighted([
    ['syn', 4],
    ['udp', 5],
    ['icmp', 2],
  ] as const);
  return kindOf(random, name);
}

export function kindOf(random: Random, name: Kind['name']): Kind {
  // hping3 sends bare 40-byte SYN, stacks 60; 284 is the 256-byte datagram of a well-known tester; 1500 fills the wire.
  const packetBytes = {
    syn: random.choice([40, 44, 60]),
    udp: random.choice([28, 29, 60, 284, 540, 1_052, 1_500]),
    icmp: random.choice([28, 84, 1_028, 1_500]),
  }[name];
  return { name, packetBytes, protocol: { syn: PROTOCOL.tcp, udp: PROTOCOL.udp, icmp: PROTOCOL.icmp }[name] };
}

/** A short part of the run: floods last from seconds to a quarter of an hour. */
export function drawBlast(world: World, random: Random): Episode {
  const { start } = drawEpisode(world, random);
  return { start, end: Math.min(world.end - 1, start + random.logUniform(8, 900)) };
}

export interface Stream {
  readonly from: Peer;
  readonly to: Peer;
  readonly sourcePort: number;
  readonly port: number;
  readonly kind: Kind;
  readonly packets: number;
  readonly start: number;
  readonly end: number;
  /** Packets that come back for one sent. */
  readonly answering: number;
  readonly fate?: 'delivered' | 'rejected';
}

/** One flow of a flood as aggregated packets; answers are as small as the questions. */
export function stream(world: World, flow: Stream): void {
  const { from, to, sourcePort, port, kind, packets, start, end } = flow;
  const { protocol } = kind;
  const flags = kind.name === 'syn' ? SYN : 0;
  const way = {
    from,
    to,
    sourcePort,
    targetPort: port,
    protocol,
    ipv6: false,
    fate: flow.fate ?? 'delivered',
  } as const;
  const last = packets > 1 ? end : start;
  const burst = { first: start, last, packets, bytes: packets * kind.packetBytes, everyFlags: flags };
  world.traffic.send(way, burst);
  const answers = Math.round(packets * flow.answering);
  if (answers === 0 || way.fate === 'rejected') return;
  const back = {
    from: to,
    to: from,
    sourcePort: port,
    targetPort: sourcePort,
    protocol,
    ipv6: false,
    fate: 'delivered',
  } as const;
  const size = kind.name === 'syn' ? 44 : kind.packetBytes;
  const answerFlags = kind.name === 'syn' ? SYN_ACK : 0;
  world.traffic.send(back, { first: start, last, packets: answers, bytes: answers * size, everyFlags: answerFlags });
}
