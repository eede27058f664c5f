/**
 * What is known of the network as a whole: which services of strangers our hosts call, how many of them and since when, where these strangers
 * come from, which interfaces reported when, and where records are missing.
 */
import { interfacesMax, placesMax } from '../limits.ts';
import type { Hour } from './hour.ts';
import { HOUR_SECONDS } from './hours.ts';
import type { Origin, OriginDatabase } from './origin-database.ts';
import type { InterfaceHistory, Prevalence } from './signal.ts';
import type { HostHistory } from './track.ts';

/** Services of strangers by how many hosts of ours were answered there; hosts are added one after another, each once. */
export class Places {
  /** Hosts of ours that were answered by a stranger. */
  callers = 0;
  readonly #places = new Map<string, { callers: number; firstSeconds: number }>();

  add({ asClient }: Pick<HostHistory, 'asClient'>): void {
    let calls = false;
    for (const { server, port, protocol, answered, firstSeconds } of asClient) {
      if (server.isOurs || !answered) continue;
      calls = true;
      const key = placeKey(server.address, port, protocol);
      const known = this.#places.get(key);
      if (known !== undefined) {
        known.callers++;
        known.firstSeconds = Math.min(known.firstSeconds, firstSeconds);
      } else if (this.#places.size < placesMax) this.#places.set(key, { callers: 1, firstSeconds });
    }
    if (calls) this.callers++;
  }

  /** `undefined` for a place that nobody was answered by, or that there was no room for. */
  prevalence(server: string, port: number, protocol: number): Prevalence | undefined {
    return this.#places.get(placeKey(server, port, protocol));
  }
}

const placeKey = (server: string, port: number, protocol: number) => `${server} ${port} ${protocol}`;

/** Where strangers come from, by how many hosts of ours were answered from there; hosts are added one after another, each once. */
export class Origins {
  readonly #databases: readonly OriginDatabase[];
  /** By key: as many as there are countries and networks in the databases, at most. */
  readonly #callers = new Map<string, number>();

  constructor(databases: readonly OriginDatabase[]) {
    this.#databases = databases;
  }

  add({ asClient }: Pick<HostHistory, 'asClient'>): void {
    if (this.#databases.length === 0) return;
    const strangers = asClient.filter(({ server, answered }) => !server.isOurs && answered);
    const keys = strangers.flatMap(({ server }) => this.of(server.address).map(({ key }) => key));
    for (const key of new Set(keys)) this.#callers.set(key, this.callers({ key }) + 1);
  }

  /** What the first database that knows it says, for each kind. */
  of(address: string): readonly Origin[] {
    const all = this.#databases.flatMap((database) => database.of(address));
    return all.filter(({ kind }, index) => all.findIndex((other) => other.kind === kind) === index);
  }

  callers({ key }: Pick<Origin, 'key'>): number {
    return this.#callers.get(key) ?? 0;
  }
}

/** Interfaces over the hours, by id. */
export function interfacesOver(hours: readonly Hour[]): InterfaceHistory[] {
  const found = new Map<string, { account: string; hours: number[] }>();
  for (const { start, interfaces } of hours) {
    for (const [interfaceId, account] of interfaces) {
      const known = found.get(interfaceId);
      if (known !== undefined) known.hours.push(start);
      else if (found.size < interfacesMax) found.set(interfaceId, { account, hours: [start] });
    }
  }
  return [...found]
    .map(([interfaceId, { account, hours }]) => ({
      interfaceId,
      account,
      hours,
      lastSeconds: hours.at(-1)! + HOUR_SECONDS,
    }))
    .sort((a, b) => (a.interfaceId < b.interfaceId ? -1 : 1));
}
