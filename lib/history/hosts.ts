/**
 * Rows of tracks become hosts with their tracks: everything of some of our hosts, which the history detectors look at together.
 */
import { PairNumbers } from '../conversations/pair-numbers.ts';
import type { Host } from '../findings/finding.ts';
import { AddressBook } from '../flowlog/address.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import { hostHours } from './host-hours.ts';
import { StoredTrack } from './stored-track.ts';
import type { HostHistory, Track } from './track.ts';
import { N, NUMBERS, T, TEXTS, type TrackRows } from './track-rows.ts';

/** Hosts of the rows, which must be in the order of time, by address. */
export function hostsOf(rows: TrackRows, ours: NetworkSet): Omit<HostHistory, 'baseline'>[] {
  const addresses = new AddressBook();
  const known = rows.texts.map((): Host | undefined => undefined);
  const host = (text: number): Host => {
    known[text] ??= { address: rows.texts[text], isOurs: ours.has(addresses.parse(rows.texts[text]), addresses) };
    return known[text];
  };
  const hosts = new Map<Host, { asClient: Track[]; asServer: Track[]; forgotten: number }>();
  const entry = (one: Host) => {
    const found = hosts.get(one) ?? { asClient: [], asServer: [], forgotten: 0 };
    hosts.set(one, found);
    return found;
  };
  for (const track of groups(rows)) {
    const n = track[0] * NUMBERS;
    const t = track[0] * TEXTS;
    const isServer = rows.numbers[n + N.hostIsServer] === 1;
    const own = entry(host(rows.textNumbers[t + (isServer ? T.server : T.client)]));
    const members = track.reduce((sum, row) => sum + rows.numbers[row * NUMBERS + N.members], 0);
    if (members > 0) own.forgotten += members;
    else {
      const [client, server] = [host(rows.textNumbers[t + T.client]), host(rows.textNumbers[t + T.server])];
      (isServer ? own.asServer : own.asClient).push(new StoredTrack(rows, track, client, server));
    }
  }
  return [...hosts]
    .filter(([, { asClient, asServer }]) => asClient.length + asServer.length > 0)
    .map(([own, tracks]) => hostOf(own, tracks))
    .sort((a, b) => (a.host.address < b.host.address ? -1 : 1));
}

/** Rows of each track, in the order of time. */
function* groups({ length, numbers, textNumbers }: TrackRows): Generator<number[]> {
  const ends = new PairNumbers(length);
  const tracks = new PairNumbers(length);
  const members: number[][] = [];
  for (let row = 0; row < length; row++) {
    const n = row * NUMBERS;
    const pair = ends.number(textNumbers[row * TEXTS + T.client], textNumbers[row * TEXTS + T.server]);
    const service = numbers[n + N.port] | (numbers[n + N.protocol] << 16) | (numbers[n + N.hostIsServer] << 24);
    const track = tracks.number(pair, service >>> 0);
    if (members[track] === undefined) members[track] = [row];
    else members[track].push(row);
  }
  yield* members;
}

function hostOf(
  host: Host,
  { asClient, asServer, forgotten }: { asClient: Track[]; asServer: Track[]; forgotten: number },
) {
  const byTime = (a: Track, b: Track) =>
    a.firstSeconds - b.firstSeconds ||
    (a.client.address === b.client.address ? 0 : a.client.address < b.client.address ? -1 : 1) ||
    (a.server.address === b.server.address ? 0 : a.server.address < b.server.address ? -1 : 1) ||
    a.port - b.port ||
    a.protocol - b.protocol;
  asClient.sort(byTime);
  asServer.sort(byTime);
  const all = [...asClient, ...asServer];
  const earliest = all.reduce((one, other) => (byTime(other, one) < 0 ? other : one));
  return {
    host,
    interfaceId: earliest.interfaceId,
    account: earliest.account,
    firstSeconds: earliest.firstSeconds,
    lastSeconds: all.reduce((last, track) => Math.max(last, track.lastSeconds), 0),
    asClient,
    asServer,
    hours: hostHours(asClient, asServer),
    forgotten,
  };
}
