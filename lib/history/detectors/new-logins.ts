/**
 * Password guessing by its beginning, told by the usual days: a host of ours that never logged in over a service begins to, again and again.
 *
 * Sees: a host with usual days, in none of which it used a login service, and that now opens ten sessions or more in a five-minute window there.
 * Looks alike: the first round of a configuration tool or of a program that copies, which the forest knows by its work: it gives them next to
 * nothing. FTP programs open a session for every file of a folder and are left out.
 */
import { SESSIONS_MIN } from '../../detectors/new-logins.ts';
import { FTP_PORT, isLoginService } from '../../detectors/services.ts';
import { windowsIn } from '../hours.ts';
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isNewSinceBaseline, serviceOf, timesOf } from './news.ts';

/** Probability of guessing that the forest must give in one window: more than on the mean of a run. Chosen on simulated networks. */
const FOREST_MIN = 0.05;

export const newLoginsHistory: HistoryDetector = {
  name: 'first-logins',
  source: 'ten sessions in five minutes, after Slips, of a host that had none on its usual days',
  alone: `where the forest gives brute-force ${FOREST_MIN} in one of the windows`,
  detect: (hosts, context) => hosts.flatMap((host) => loginsOf(host, context)),
};

function loginsOf(host: HostHistory, context: HistoryContext): HistorySignal[] {
  const logins = host.asClient.filter(
    (track) => track.answered && track.port !== FTP_PORT && isLoginService(serviceOf(track), false),
  );
  return [...Map.groupBy(logins, ({ service }) => service).values()]
    .filter((tracks) => tracks.every((track) => isNewSinceBaseline(host, track, context)))
    .filter((tracks) => tracks.some(({ probabilities }) => (probabilities['brute-force'] ?? 0) >= FOREST_MIN))
    .flatMap((tracks) => signalOf(host, tracks) ?? []);
}

function signalOf({ host }: HostHistory, tracks: readonly Track[]): HistorySignal | undefined {
  const attemptsPerWindow = Math.max(...tracks.map(densest));
  if (attemptsPerWindow < SESSIONS_MIN) return undefined;
  return {
    type: 'brute-force',
    actor: host,
    actorIsVictim: false,
    scope: ANYWHERE,
    ...timesOf(tracks),
    observed: {
      attempts: tracks.reduce((sum, { flows }) => sum + flows, 0),
      hosts: new Set(tracks.map(({ server }) => server.address)).size,
      attemptsPerWindow,
    },
    expected: { attemptsPerWindow: SESSIONS_MIN },
    tracks,
  };
}

/** Most sessions to a window with any, over the hours. */
function densest({ hours }: Track): number {
  const perWindow = [...hours.flows].map((flows, i) => Math.round(flows / Math.max(1, windowsIn(hours.windows[i]))));
  return Math.max(0, ...perWindow);
}
