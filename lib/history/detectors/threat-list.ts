/**
 * Contacts with places on the user's own lists: bad places, Tor relays, mining pools.
 *
 * Sees: a host of ours and a listed address that exchanged packets, whoever called; or a call of ours that nobody answered.
 * Looks alike: listed scanners that knock at our doors, which is the weather and is not told, listed users of a public service, who are for the
 * digest, and places of stale lists.
 */
import type { HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import type { AddressList } from './address-list.ts';
import { timesOf } from './news.ts';

/** What the places of a list are; each has its own type of finding. */
export const LIST_KINDS = ['bad', 'tor', 'mining'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export interface ThreatList {
  readonly kind: ListKind;
  readonly list: AddressList;
}

const TYPES: Readonly<Record<ListKind, string>> = {
  bad: 'threat-list-contact',
  tor: 'tor-contact',
  mining: 'mining',
};

/** The detector of some lists; without lists it sees nothing. */
export function threatLists(lists: readonly ThreatList[]): HistoryDetector {
  return {
    name: 'threat-list',
    source: "addresses on the user's own lists",
    alone: 'always',
    detect: (hosts) => hosts.flatMap((host) => lists.flatMap((list) => contactsOf(host, list))),
  };
}

/** One signal for each listed address. */
function contactsOf({ host, asClient, asServer }: HostHistory, { kind, list }: ThreatList): HistorySignal[] {
  const called = asClient.filter(({ server, flows }) => !server.isOurs && flows > 0 && list.has(server.address));
  const served = asServer.filter(
    ({ client, answered, bytesReceived }) =>
      !client.isOurs && answered && bytesReceived > 0 && list.has(client.address),
  );
  const other = (track: Track) => (track.server.address === host.address ? track.client : track.server).address;
  const places = Map.groupBy([...called, ...served], other);
  return [...places].map(([address, tracks]) => {
    const isVictim = tracks.every(({ server }) => server.address === host.address);
    return {
      type: TYPES[kind],
      actor: host,
      actorIsVictim: isVictim,
      // Who is listed comes to a public service as everybody does.
      ...(isVictim ? { severity: 'low' as const } : {}),
      scope: address,
      ...timesOf(tracks),
      observed: {
        bytesSent: tracks.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
        bytesReceived: tracks.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
        windows: tracks.reduce((sum, { windows }) => sum + windows, 0),
      },
      expected: { windows: 0 },
      tracks,
    };
  });
}
