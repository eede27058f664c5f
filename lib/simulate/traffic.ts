import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';
import { drawEnding, ENDINGS, type Ending } from './ending.ts';
import type { Host, Network, Peer } from './network.ts';
import type { Burst, Observer } from './observe.ts';
import type { Random } from './random.ts';
import { sightsOf, type Way } from './route.ts';
import { type Outcome, outcomeInside } from './security.ts';
import { Session } from './session.ts';
import { ephemeralPort } from './stack.ts';
import { established, type Habit, type Volume } from './volume.ts';

export interface Exchange {
  readonly client: Peer;
  readonly server: Peer;
  readonly port: number;
  /** Unix seconds of the first packet, fractions allowed. */
  readonly at: number;
  readonly clientPort?: number;
  readonly seconds?: number;
  /** What becomes of it outside the network; inside, security group and listening ports decide unless it is given. */
  readonly outcome?: Outcome;
  /** Seconds after which an unanswered client gives up. */
  readonly patience?: number;
  readonly ipv6?: boolean;
  /** The one direction that passes any interface of ours; both unless given. */
  readonly seen?: 'up' | 'down';
}

export interface TcpExchange extends Exchange {
  /** Application bytes from client to server and back. */
  readonly up: number;
  readonly down: number;
  readonly turns?: number;
  readonly ending?: Ending;
  /** Given by programs whose exchanges all look alike; else each is drawn anew. */
  readonly habit?: Habit;
}

export interface UdpExchange extends Exchange {
  readonly up: Volume;
  readonly down?: Volume;
}

export interface Result {
  readonly outcome: Outcome;
  /** Unix seconds at which the client is done. */
  readonly end: number;
}

const SYN = TCP_FLAG.syn;
const SYN_ACK = TCP_FLAG.syn | TCP_FLAG.ack;
const RESET_BYTES = 40;
/** What one connection gets between two instances: below their limit of 5 Gbit/s a flow, as disks are slower. */
const INSIDE_BYTES_PER_SECOND = 2e8;
/** UDP and ICMP: 20 bytes of IP and 8 of their own; IPv6 has 20 more. */
export const DATAGRAM_HEADER_BYTES = 28;
/** Late packets of a closed connection are logged as REJECT (flow log record documentation); share: our assumption. */
const LATE_PACKET_CHANCE = 0.003;

/** Turns what programs do into packets on the wire: one exchange, both directions, every interface that sees it. */
export class Traffic {
  readonly network: Network;
  readonly #observer: Observer;

  constructor(network: Network, observer: Observer) {
    this.network = network;
    this.#observer = observer;
  }

  send(way: Way, burst: Burst): void {
    for (const sight of sightsOf(way)) this.#observer.see(sight, burst);
  }

  /** A whole TCP connection: opening, work and closing, or the attempt at it. */
  tcp(random: Random, exchange: TcpExchange): Result {
    const outcome = this.outcome(exchange, PROTOCOL.tcp);
    const clientPort = exchange.clientPort ?? ephemeralPort(random, exchange.client.stack);
    if (outcome !== 'served') return this.#attempt(random, exchange, clientPort, outcome);
    const { client, server, at } = exchange;
    const turns = exchange.turns ?? 1;
    const asked = { up: exchange.up, down: exchange.down, turns };
    const work = established(random, this.network, client, server, asked, exchange.habit);
    const trip = this.tripSeconds(random, client, server);
    const pace = client.reach === 'vpc' && server.reach === 'vpc' ? INSIDE_BYTES_PER_SECOND : this.network.clientSpeed;
    const seconds = exchange.seconds ?? trip * (turns + 2) + (exchange.up + exchange.down) / pace;
    const close = ENDINGS[exchange.ending ?? drawEnding(random)];
    const end = at + Math.max(seconds, trip * 2);
    const clientControl = close.client.packets + (close.established ? 1 : 0);
    this.send(this.#way(exchange, clientPort, PROTOCOL.tcp, 'up'), {
      first: at,
      last: end,
      packets: work.up.packets + 1 + clientControl,
      bytes: work.up.bytes + client.stack.synBytes + client.stack.ackBytes * clientControl,
      firstFlags: SYN,
      lastFlags: close.client.flags,
    });
    this.send(this.#way(exchange, clientPort, PROTOCOL.tcp, 'down'), {
      first: at + trip / 2,
      last: end,
      packets: work.down.packets + 1 + close.server.packets,
      bytes: work.down.bytes + server.stack.synAckBytes + server.stack.ackBytes * close.server.packets,
      firstFlags: SYN_ACK,
      lastFlags: close.server.flags,
    });
    if (random.chance(LATE_PACKET_CHANCE)) this.#late(random, exchange, clientPort, end);
    return { outcome, end };
  }

  /** Datagrams there and back; a closed port answers with ICMP port unreachable. */
  udp(random: Random, exchange: UdpExchange): Result {
    const outcome = this.outcome(exchange, PROTOCOL.udp);
    const clientPort = exchange.clientPort ?? ephemeralPort(random, exchange.client.stack);
    const { client, server, at, up } = exchange;
    const end = at + (exchange.seconds ?? 0);
    const trip = this.tripSeconds(random, client, server);
    this.send(this.#way(exchange, clientPort, PROTOCOL.udp, 'up', outcome), { first: at, last: end, ...up });
    if (outcome === 'served' && exchange.down) {
      const back = { first: at + trip, last: end + trip, ...exchange.down };
      this.send(this.#way(exchange, clientPort, PROTOCOL.udp, 'down'), back);
    }
    if (outcome === 'refused') {
      const ipv6 = overIpv6(exchange);
      const protocol = ipv6 ? PROTOCOL.icmpv6 : PROTOCOL.icmp;
      const bytes = Math.round(Math.min(548, up.bytes / up.packets)) + DATAGRAM_HEADER_BYTES;
      const way: Way = {
        from: server,
        to: client,
        sourcePort: 0,
        targetPort: 0,
        protocol,
        ipv6,
        fate: 'delivered',
      };
      // Linux answers about once a second (icmp_ratelimit), so a burst gets few of them.
      const packets = Math.min(up.packets, 1 + Math.floor(end - at));
      this.send(way, { first: at + trip, last: end + trip, packets, bytes: bytes * packets });
    }
    return { outcome, end: end + trip };
  }

  /** ICMP echo requests, one a second, and their replies. */
  ping(random: Random, exchange: Omit<Exchange, 'port'> & { readonly count: number; readonly bytes?: number }): Result {
    const whole = { ...exchange, port: 0 };
    const protocol = overIpv6(exchange) ? PROTOCOL.icmpv6 : PROTOCOL.icmp;
    const outcome = this.outcome(whole, protocol);
    const trip = this.tripSeconds(random, exchange.client, exchange.server);
    const bytes = (exchange.bytes ?? (exchange.client.stack.system === 'windows' ? 60 : 84)) * exchange.count;
    const last = exchange.at + (exchange.seconds ?? exchange.count - 1);
    this.send(this.#way(whole, 0, protocol, 'up', outcome), {
      first: exchange.at,
      last,
      packets: exchange.count,
      bytes,
    });
    if (outcome === 'served') {
      const way = this.#way(whole, 0, protocol, 'down');
      this.send(way, { first: exchange.at + trip, last: last + trip, packets: exchange.count, bytes });
    }
    return { outcome, end: last };
  }

  /** A connection that stays open: opened at the given time, or before the log began. */
  session(random: Random, exchange: Exchange, opened: 'now' | 'before' = 'now'): Session {
    const clientPort = exchange.clientPort ?? ephemeralPort(random, exchange.client.stack);
    const up = this.#way(exchange, clientPort, PROTOCOL.tcp, 'up');
    const down = this.#way(exchange, clientPort, PROTOCOL.tcp, 'down');
    const session = new Session(this, random, up, down);
    if (opened === 'now') session.open(exchange.at);
    return session;
  }

  outcome(exchange: Exchange, protocol: number): Outcome {
    if (exchange.outcome) return exchange.outcome;
    const { client, server, port } = exchange;
    if (server.interface) return outcomeInside(this.network, client, server as Host, port, protocol);
    return server.reach === 'vpc' ? 'silent' : 'served';
  }

  /** Round trip: under a millisecond inside a region, tens to hundreds of milliseconds outside (our assumption). */
  tripSeconds(random: Random, client: Peer, server: Peer): number {
    const inside = client.reach === 'vpc' && server.reach === 'vpc';
    return inside ? random.logNormal(0.0006, 0.5) : random.logNormal(0.06, 0.8);
  }

  #way(exchange: Exchange, clientPort: number, protocol: number, sense: 'up' | 'down', outcome?: Outcome): Way {
    const ipv6 = overIpv6(exchange);
    const fate = outcome === 'rejected' ? 'rejected' : 'delivered';
    const unseen = exchange.seen !== undefined && exchange.seen !== sense;
    return sense === 'up'
      ? {
          from: exchange.client,
          to: exchange.server,
          sourcePort: clientPort,
          targetPort: exchange.port,
          protocol,
          ipv6,
          fate,
          unseen,
        }
      : {
          from: exchange.server,
          to: exchange.client,
          sourcePort: exchange.port,
          targetPort: clientPort,
          protocol,
          ipv6,
          fate,
          unseen,
        };
  }

  /** SYN without an answer is sent again until patience ends; a RST ends it, though Windows asks twice more. */
  #attempt(random: Random, exchange: TcpExchange, clientPort: number, outcome: Outcome): Result {
    const { client, server, at } = exchange;
    const refused = outcome === 'refused';
    const patience = exchange.patience ?? random.choice([1, 2, 3, 5, 10, 30]);
    const again = refused ? (client.stack.system === 'windows' ? [0.5, 1] : []) : client.stack.synRetrySeconds;
    const offsets = [0, ...again.filter((offset) => offset < patience)];
    const up = this.#way(exchange, clientPort, PROTOCOL.tcp, 'up', outcome);
    const trip = this.tripSeconds(random, client, server);
    for (const offset of offsets) {
      const first = at + offset;
      this.send(up, { first, last: first, packets: 1, bytes: client.stack.synBytes, firstFlags: SYN });
      if (!refused) continue;
      const back = this.#way(exchange, clientPort, PROTOCOL.tcp, 'down');
      const time = first + trip;
      this.send(back, { first: time, last: time, packets: 1, bytes: RESET_BYTES, firstFlags: TCP_FLAG.rst });
    }
    return { outcome, end: at + (refused ? trip + offsets.at(-1)! : patience) };
  }

  #late(random: Random, exchange: Exchange, clientPort: number, end: number): void {
    const time = end + random.uniform(1, 40);
    const way: Way = { ...this.#way(exchange, clientPort, PROTOCOL.tcp, 'down'), fate: 'rejected' };
    const flags = random.choice([TCP_FLAG.rst, TCP_FLAG.fin, 0]);
    this.send(way, { first: time, last: time, packets: 1, bytes: RESET_BYTES, firstFlags: flags });
  }
}

/** IPv6 is spoken where it is wanted and both ends have it. */
function overIpv6({ ipv6, client, server }: Pick<Exchange, 'ipv6' | 'client' | 'server'>): boolean {
  return !!(ipv6 && client.address6 && server.address6);
}
