/**
 * Countries and networks that are new for a host, where the owner supplies databases of them (Elastic's "rare destination country"; RITA's
 * first-seen modifier).
 *
 * Sees: a host that was answered from a few countries, or networks, in the days looked back on, and now is from another one that hardly any host of
 * ours is answered from.
 * Looks alike: a service that moves, and content networks that answer from wherever is near. So it is told in the digest only, and not of hosts
 * that talk to all the world.
 */
import { ORIGIN_KINDS, type Origin, type OriginKind } from '../origin-database.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isAnsweredCall, isNewSinceBaseline, timesOf } from './news.ts';
import { BYTES_MIN } from './strange-places.ts';

interface Rule {
  readonly type: string;
  /** Origins that a host may have so that another one is news: more are people, crawlers and peer-to-peer programs. */
  readonly usualMax: number;
}

const RULES: Readonly<Record<OriginKind, Rule>> = {
  country: { type: 'unusual-country', usualMax: 5 },
  // A program of a few parts has a cloud, a content network and some makers behind it.
  network: { type: 'unusual-network', usualMax: 8 },
};

/** New ones at once: a host that is answered from more has another task now. */
const NEW_MAX = 3;

/** Hosts of ours that may be answered from there, itself among them: two may share a program. */
const CALLERS_MAX = 2;

export const strangeOrigins: HistoryDetector = {
  name: 'first-origins',
  source:
    "countries and networks without precedent by the user's own databases, after Elastic's rare destination country and RITA",
  alone: 'always, for the digest',
  detect: (hosts, context) =>
    hosts.flatMap((host) => {
      const { usual, fresh } = originsOf(host, context);
      return ORIGIN_KINDS.flatMap((kind) => signalsOf(host, kind, usual, fresh, context));
    }),
};

/** A call and where its answers came from. */
type Located = readonly [Origin, Track];

/** Of the host's usual days, and of what it calls since. */
function originsOf(host: HostHistory, context: HistoryContext) {
  const usual: Located[] = [];
  const fresh: Located[] = [];
  const { baseline } = host;
  if (baseline === undefined) return { usual, fresh };
  for (const track of host.asClient) {
    if (!isAnsweredCall(track)) continue;
    const isFresh = isNewSinceBaseline(host, track, context);
    if (isFresh && track.bytesSent + track.bytesReceived < BYTES_MIN) continue;
    for (const origin of context.originsOf(track.server.address)) (isFresh ? fresh : usual).push([origin, track]);
  }
  return { usual, fresh };
}

function signalsOf(
  { host }: HostHistory,
  kind: OriginKind,
  usual: readonly Located[],
  fresh: readonly Located[],
  context: HistoryContext,
): HistorySignal[] {
  const { type, usualMax } = RULES[kind];
  const known = new Set(usual.flatMap(([origin]) => (origin.kind === kind ? origin.key : [])));
  if (known.size === 0 || known.size > usualMax) return [];
  const news = fresh.filter(([origin]) => origin.kind === kind && !known.has(origin.key));
  const byKey = [...Map.groupBy(news, ([{ key }]) => key).values()];
  if (byKey.length > NEW_MAX) return [];
  return byKey.flatMap((located): HistorySignal[] => {
    const [[origin]] = located;
    const callers = context.callersOf(origin);
    if (callers > CALLERS_MAX) return [];
    const tracks = located.map(([, track]) => track);
    return [
      {
        type,
        actor: host,
        actorIsVictim: false,
        scope: origin.key,
        origin: origin.name,
        ...timesOf(tracks),
        observed: { usualOrigins: known.size, callers },
        expected: {},
        tracks,
      },
    ];
  });
}
