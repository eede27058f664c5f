/**
 * What a host of ours does hour by hour, added up over its tracks.
 */
import type { HostHours, Track } from './track.ts';

interface Hour {
  bytesOut: number;
  bytesIn: number;
  readonly peers: Set<string>;
  readonly services: Set<string>;
  contacts: number;
  failedContacts: number;
}

export function hostHours(asClient: readonly Track[], asServer: readonly Track[]): HostHours {
  const hours = new Map<number, Hour>();
  for (const track of asClient) addAsClient(hours, track);
  for (const { client, hours: series } of asServer) {
    for (const [i, start] of series.starts.entries()) {
      const hour = hourAt(hours, start);
      if (client.isOurs) continue;
      hour.bytesOut += series.bytesReceived[i];
      hour.bytesIn += series.bytesSent[i];
    }
  }
  const rising = [...hours].sort(([a], [b]) => a - b);
  const all = rising.map(([, hour]) => hour);
  return {
    starts: Uint32Array.from(rising, ([start]) => start),
    bytesOut: Float64Array.from(all, ({ bytesOut }) => bytesOut),
    bytesIn: Float64Array.from(all, ({ bytesIn }) => bytesIn),
    peers: Uint32Array.from(all, ({ peers }) => peers.size),
    services: Uint32Array.from(all, ({ services }) => services.size),
    contacts: Uint32Array.from(all, ({ contacts }) => contacts),
    failedContacts: Uint32Array.from(all, ({ failedContacts }) => failedContacts),
  };
}

function addAsClient(hours: Map<number, Hour>, { server, service, hours: series }: Track): void {
  for (const [i, start] of series.starts.entries()) {
    const hour = hourAt(hours, start);
    hour.contacts++;
    const failed = series.failedWindows[i] === series.windows[i];
    if (failed) hour.failedContacts++;
    if (server.isOurs) continue;
    hour.bytesOut += series.bytesSent[i];
    hour.bytesIn += series.bytesReceived[i];
    // What only ever spoke to us is no peer that we called.
    if (failed || series.flows[i] === 0) continue;
    hour.peers.add(server.address);
    hour.services.add(service);
  }
}

function hourAt(hours: Map<number, Hour>, start: number): Hour {
  const known = hours.get(start);
  if (known !== undefined) return known;
  const hour = {
    bytesOut: 0,
    bytesIn: 0,
    peers: new Set<string>(),
    services: new Set<string>(),
    contacts: 0,
    failedContacts: 0,
  };
  hours.set(start, hour);
  return hour;
}
