/**
 * Uploads far beyond what the host sends on its usual days (GuardDuty's TrafficVolumeUnusual; panther-analysis PR 2031 proposed a z-score
 * over 90 days).
 *
 * Sees: an hour in which a host of ours sent 100 MB or more out, ten times its usual busiest hour and three deviations above all of them.
 * Looks alike: backups, migrations and releases; those that come every week are among the usual days. While these are few, three deviations of them
 * are no rare thing, and what lies within the limits of Student's distribution is for the digest.
 */
import type { BaselineDay } from '../baseline.ts';
import { HOUR_SECONDS } from '../hours.ts';
import type { HistoryDetector, HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';

/** Bytes out in an hour; Slips reports 100 MB an hour to one place. */
export const BYTES_MIN = 100_000_000;

/** Over the median of the usual days' busiest hours. */
const FACTOR_MIN = 10;

/** Deviations above the mean of the logarithms, and the least deviation, in octaves, that a few alike days may be taken for. */
const Z_MIN = 3;
const DEVIATION_OCTAVES_MIN = 0.5;

/**
 * As unlikely as three deviations are once mean and deviation are known, by days that they are taken from: Student's distribution with a degree of
 * freedom less (one-sided 0.00135), times √(1 + 1/days) for the mean. From ten days on as with ten.
 */
const STUDENT = [19.2, 19.2, 19.2, 19.2, 9.22, 6.62, 5.51, 4.9, 4.53, 4.28, 4.09];
const surely = (days: number) => STUDENT[Math.min(days, STUDENT.length - 1)] * Math.sqrt(1 + 1 / days);

/** Share of the hour's bytes that one place must have received: many at once are a service that has become popular. */
const SHARE_MIN = 0.5;

export const upload: HistoryDetector = {
  name: 'own-volume',
  source: 'z-score of bytes out against the own days, after GuardDuty TrafficVolumeUnusual and panther-analysis',
  alone: "always, for the digest within the limits of Student's distribution",
  detect: (hosts) => hosts.flatMap((host) => uploadOf(host) ?? []),
};

function uploadOf(host: HostHistory): HistorySignal | undefined {
  const { baseline, hours } = host;
  if (baseline === undefined) return undefined;
  const usual = usualOf(baseline.days);
  const limit = Math.max(BYTES_MIN, usual.median * FACTOR_MIN, 2 ** (usual.mean + Z_MIN * usual.deviation));
  const loud = [...hours.starts.keys()].filter(
    (i) => hours.starts[i] >= baseline.endSeconds && hours.bytesOut[i] >= limit,
  );
  if (loud.length === 0) return undefined;
  const starts = new Set(loud.map((i) => hours.starts[i]));
  const total = loud.reduce((sum, i) => sum + hours.bytesOut[i], 0);
  const [place] = outward(host, starts);
  if (place === undefined || place.bytes < SHARE_MIN * total) return undefined;
  const first = hours.starts[loud[0]];
  const most = Math.max(...loud.map((i) => hours.bytesOut[i]));
  const isSure = most >= 2 ** (usual.mean + surely(baseline.days.length) * usual.deviation);
  return {
    type: 'unusual-upload',
    actor: host.host,
    actorIsVictim: false,
    scope: place.track.server.isOurs ? place.track.client.address : place.track.server.address,
    firstSeconds: Math.max(first, place.track.firstSeconds),
    lastSeconds: Math.min(hours.starts[loud.at(-1)!] + HOUR_SECONDS, host.lastSeconds),
    ...(isSure ? {} : { severity: 'low' as const }),
    observed: { bytesInBusiestHour: most, hours: loud.length },
    expected: { bytesInBusiestHour: Math.round(limit) },
    tracks: [place.track],
  };
}

/** Busiest hours of the usual days: their median in bytes, mean and deviation in octaves. */
function usualOf(days: readonly BaselineDay[]): { median: number; mean: number; deviation: number } {
  const most = days.map(({ bytesOutHourMost }) => bytesOutHourMost).sort((a, b) => a - b);
  const octaves = most.map((bytes) => Math.log2(1 + bytes));
  const mean = octaves.reduce((sum, octave) => sum + octave, 0) / octaves.length;
  const variance = octaves.reduce((sum, octave) => sum + (octave - mean) ** 2, 0) / octaves.length;
  const median = most[Math.floor(most.length / 2)];
  return { median, mean, deviation: Math.max(DEVIATION_OCTAVES_MIN, Math.sqrt(variance)) };
}

/** Tracks by what went out to strangers in these hours, most first. */
function outward({ asClient, asServer }: HostHistory, starts: ReadonlySet<number>): { track: Track; bytes: number }[] {
  const sum = (track: Track, series: 'bytesSent' | 'bytesReceived') =>
    track.hours.starts.reduce((total, start, i) => total + (starts.has(start) ? track.hours[series][i] : 0), 0);
  const called = asClient
    .filter(({ server }) => !server.isOurs)
    .map((track) => ({ track, bytes: sum(track, 'bytesSent') }));
  const served = asServer
    .filter(({ client }) => !client.isOurs)
    .map((track) => ({ track, bytes: sum(track, 'bytesReceived') }));
  return [...called, ...served].sort((a, b) => b.bytes - a.bytes);
}
