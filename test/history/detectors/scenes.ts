/** Hosts with usual days, and what a history detector says of them. */
import type { Baseline, BaselineDay } from '../../../lib/history/baseline.ts';
import { DAY_SECONDS } from '../../../lib/history/hours.ts';
import type { HistoryContext, HistoryDetector, HistorySignal } from '../../../lib/history/signal.ts';
import type { HostHistory, Track } from '../../../lib/history/track.ts';
import { HOUR, historyContext, host, hostHistory, track } from '../describe.ts';

/** A moment two days after the history begins: what begins then is new. */
export const LATER = HOUR + 2 * DAY_SECONDS;

/** Usual days, which end a day before `LATER`. */
export function usual(
  given: Partial<Baseline> & { readonly day?: Partial<BaselineDay>; readonly places?: readonly string[] } = {},
): Baseline {
  const { day, places = [], ...rest } = given;
  const one = (start: number) => ({ start, hours: 1, bytesOut: 5e6, bytesOutHourMost: 1e6, peers: 4, ...day });
  return {
    days: [one(HOUR), one(HOUR + DAY_SECONDS), one(HOUR - DAY_SECONDS)],
    endSeconds: LATER - DAY_SECONDS,
    services: new Set(['443/tcp']),
    knows: (server, service) => places.includes(`${server} ${service}`),
    ...rest,
  };
}

/** A track that begins at `LATER` and lasts so many hours. */
export function fresh(given: Partial<Track> = {}, hours = 1): Track {
  return track({ firstSeconds: LATER, lastSeconds: LATER + hours * 3_600, ...given });
}

/** A host of ours with usual days and these calls. */
export const caller = (asClient: readonly Track[], given: Partial<HostHistory> = {}): HostHistory =>
  hostHistory({ asClient, baseline: usual(), ...given });

/** Other hosts of ours that call a place of their own each, so that the network is not one of a single host. */
export const others = (count = 10): HostHistory[] =>
  Array.from({ length: count }, (_, i) =>
    hostHistory({
      host: host(`10.0.1.${i}`),
      asClient: [track({ client: host(`10.0.1.${i}`), server: host(`8.8.${i}.8`) })],
    }),
  );

export function heard(
  detector: HistoryDetector,
  hosts: readonly HostHistory[],
  given: Partial<HistoryContext> = {},
): HistorySignal[] {
  const context = historyContext({ nowSeconds: LATER + DAY_SECONDS, ...given }, [...hosts, ...others()]);
  return detector.detect!(hosts, context);
}

/** "type by actor at scope" of every signal. */
export function told(
  detector: HistoryDetector,
  hosts: readonly HostHistory[],
  given?: Partial<HistoryContext>,
): string[] {
  return heard(detector, hosts, given).map(({ type, actor, scope }) => `${type} by ${actor.address} at ${scope}`);
}
