/**
 * What is known of the network as a whole: which services of strangers our hosts call, how many of them and since when, which interfaces
 * reported when, and where records are missing.
 */
import { interfacesMax, placesMax } from '../limits.ts';
import type { Hour } from './hour.ts';
import { HOUR_SECONDS } from './hours.ts';
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
