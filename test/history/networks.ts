/** Logs for histories: record lines, fed to a store as objects in any cut and order. */

import type { HistoryDetector, HistorySignal } from '../../lib/history/signal.ts';
import type { Store } from '../../lib/history/store.ts';
import { keepSummaries } from '../../lib/history/summaries.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { build, stubClassifier } from '../records.ts';

/** Finds scans in failed contacts, guessing at port 22. */
export const classifier = stubClassifier(({ sweep_peers, is_unanswered }) => ({
  scan: is_unanswered * (sweep_peers > 2 ? 0.9 : 0.1),
}));

export const settings = DEFAULT_SETTINGS;

/** Keeps the records as one object. */
export async function feed(store: Store, lines: readonly string[], source = 'log'): Promise<number[]> {
  return await keepSummaries(store, build(lines.join('\n'), { source }), 0);
}

/** A sweep of six hosts that fails, beginning at `at` seconds after START. */
export const sweep = (at: number, client = '10.0.0.1') =>
  Array.from({ length: 6 }, (_, i) => `eni-a ${client}:40000 > 10.0.1.${i}:22 tcp flags=2 at=${at + i}`);

/** An answered call to a stranger. */
export const call = (at: number, client = '10.0.0.5', server = '9.9.9.9', bytes = 900) => [
  `eni-a ${client}:40000 > ${server}:443 tcp packets=9 bytes=${bytes} flags=2 at=${at}`,
  `eni-a ${server}:443 > ${client}:40000 tcp packets=9 bytes=9000 flags=18 at=${at}`,
];

/** One signal for each place outside that a host was answered by: everything that a detector may look at goes into it. */
export const everyPlace: HistoryDetector = {
  name: 'every-place',
  source: 'a test',
  alone: 'always',
  detect: (hosts, context) =>
    hosts.flatMap(({ host, asClient, baseline, hours }) =>
      asClient
        .filter(({ answered, server }) => answered && !server.isOurs)
        .map(
          (track): HistorySignal => ({
            type: 'first-seen-peer',
            actor: host,
            actorIsVictim: false,
            scope: `${track.server.address} ${track.service}`,
            firstSeconds: track.firstSeconds,
            lastSeconds: track.lastSeconds,
            observed: {
              moments: track.moments.length,
              bytesSent: track.bytesSent,
              callers: context.prevalence(track.server.address, track.port, track.protocol)!.callers,
              learnedDays: baseline?.days.length ?? 0,
              hours: hours.starts.length,
            },
            expected: {},
            tracks: [track],
          }),
        ),
    ),
};
