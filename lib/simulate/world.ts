import type { Label, LabelRow } from '../flowlog/labels.ts';
import type { Host, Network, Peer } from './network.ts';
import type { Random } from './random.ts';
import type { Role } from './roles.ts';
import { addressOf } from './route.ts';
import type { Activity, Schedule } from './schedule.ts';
import type { Traffic } from './traffic.ts';

const DAY_SECONDS = 86_400;
/** Records may end this long after the last deliberate packet: retries, late packets, slow answers. */
const TAIL_SECONDS = 130;

/** What the flows of an attack have in common; absent means any. */
export interface Scope {
  readonly from?: Peer;
  readonly to?: Peer;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly protocol?: number;
  readonly ipv6?: boolean;
  /** Stays inside, so that no gateway sees it. */
  readonly inside?: boolean;
}

export interface Repetition {
  readonly from?: number;
  readonly until?: number;
  /** Seconds to the next time, asked after each. */
  readonly gap: (now: number) => number;
  readonly act: (now: number) => void;
}

/** The stage of one run: what scenarios may see and do. Installed once, before any traffic flows. */
export class World {
  readonly network: Network;
  readonly traffic: Traffic;
  readonly begin: number;
  readonly end: number;
  /** Multiplies the volume of attacks. */
  readonly intensity: number;
  readonly labels: LabelRow[] = [];
  readonly #schedule: Schedule;
  readonly #edges = new Set<string>();
  readonly #daily: { readonly amplitude: number; readonly peakSeconds: number };

  constructor(options: {
    network: Network;
    traffic: Traffic;
    schedule: Schedule;
    random: Random;
    begin: number;
    end: number;
    intensity: number;
  }) {
    this.network = options.network;
    this.traffic = options.traffic;
    this.begin = options.begin;
    this.end = options.end;
    this.intensity = options.intensity;
    this.#schedule = options.schedule;
    // Peak to trough between 1 and 9; published diurnal curves lie within (our assumption for the range).
    this.#daily = {
      amplitude: options.random.uniform(0, 0.8),
      peakSeconds: options.random.uniform(0, DAY_SECONDS),
    };
  }

  get seconds(): number {
    return this.end - this.begin;
  }

  /** People's activity at that time of day, 1 on average. */
  pace(now: number): number {
    const angle = ((now - this.#daily.peakSeconds) / DAY_SECONDS) * 2 * Math.PI;
    return 1 + this.#daily.amplitude * Math.cos(angle);
  }

  start(at: number, activity: Activity): void {
    this.#schedule.add(at, activity);
  }

  /** Does something at one time. */
  once(at: number, act: () => void): void {
    const activity = function* (): Activity {
      yield at;
      act();
    };
    this.start(at, activity());
  }

  /** Does something again and again, from the beginning to the end of the run unless told otherwise. */
  repeat(repetition: Repetition): void {
    const { from = this.begin, until = this.end, gap, act } = repetition;
    const activity = function* (): Activity {
      for (let now = from; now < until; now += Math.max(1e-3, gap(now))) {
        yield now;
        act(now);
      }
    };
    this.start(from, activity());
  }

  /** Hosts of these roles; where the network has none, one that stands in for them. */
  hosts(random: Random, ...roles: readonly Role[]): Host[] {
    const found = this.network.hosts.filter((host) => (roles as readonly string[]).includes(host.role));
    return found.length > 0 ? found : [random.choice(this.network.hosts)];
  }

  /**
   * Says that a benign behaviour lets the client talk to the server, so that attacks keep off that pair and port;
   * `high` is every port from 1024 up.
   */
  befriend(client: Peer, server: Peer | 'anyone', port: number | 'high' | 'any'): void {
    const other = server === 'anyone' ? '*' : server.address;
    this.#edges.add(`${client.address} * any-of-${port}`);
    this.#edges.add(`${client.address} ${other} some`);
    if (server !== 'anyone') this.#edges.add(`${server.address} ${client.address} some`);
  }

  /** Whether benign traffic runs between the two, either way. */
  knows(a: Peer, b: Peer): boolean {
    return this.#edges.has(`${a.address} ${b.address} some`);
  }

  /** Whether the client has a benign reason to call that port anywhere. */
  uses(client: Peer, port: number): boolean {
    const kinds = [port, ...(port >= 1_024 ? ['high'] : []), 'any'];
    return kinds.some((kind) => this.#edges.has(`${client.address} * any-of-${kind}`));
  }

  /** Records the truth about everything in the scope between the two times. */
  label(label: Label, start: number, end: number, scope: Scope): void {
    const ipv6 = !!scope.ipv6;
    const row = {
      start: Math.floor(start),
      end: Math.min(Math.ceil(end) + TAIL_SECONDS, this.end),
      ...(scope.from ? { srcaddr: addressOf(scope.from, ipv6) } : {}),
      ...(scope.to ? { dstaddr: addressOf(scope.to, ipv6) } : {}),
      ...(scope.sourcePort !== undefined ? { srcport: scope.sourcePort } : {}),
      ...(scope.port !== undefined ? { dstport: scope.port } : {}),
      ...(scope.protocol !== undefined ? { protocol: scope.protocol } : {}),
      label,
    };
    this.labels.push(row);
    const gateway = scope.from?.gateway;
    if (!gateway || ipv6 || scope.inside || (scope.to && scope.to.reach !== 'internet')) return;
    // The gateway logs the attack again: outside under its own address, inside mixed with the host's other traffic.
    if (scope.sourcePort === undefined) this.labels.push({ ...row, srcaddr: gateway.address });
    this.labels.push({ ...row, dstaddr: gateway.address, label: 'unlabelled' });
  }
}
