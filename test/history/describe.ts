/**
 * Histories for tests: made up in a few words, or folded from record lines as the product folds them.
 */
import { score } from '../../lib/detectors/scored.ts';
import type { Host } from '../../lib/findings/finding.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { trackRows } from '../../lib/history/fold.ts';
import { hostsOf } from '../../lib/history/hosts.ts';
import { HOUR_SECONDS } from '../../lib/history/hours.ts';
import { Places } from '../../lib/history/network.ts';
import type { HistoryContext } from '../../lib/history/signal.ts';
import type { HostHistory, HostHours, Track, TrackHours } from '../../lib/history/track.ts';
import { TrackRows } from '../../lib/history/track-rows.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import type { Judge } from '../findings/scenes.ts';
import { build, type Fields, records, START, stubClassifier } from '../records.ts';

export const OURS = new NetworkSet(PRIVATE_NETWORKS);

/** Start of the hour that `START` lies in. */
export const HOUR = START - (START % HOUR_SECONDS);

/** A host by its address: ours where it begins with "10.". */
export const host = (address: string): Host => ({ address, isOurs: address.startsWith('10.') });

/** Series of a track over `count` hours from `HOUR` on, in contact once an hour; values given are those of every hour. */
export function trackHours(count = 1, every: Partial<Record<keyof TrackHours, number>> = {}): TrackHours {
  const series = (name: keyof TrackHours, otherwise: number) =>
    Array.from({ length: count }, () => every[name] ?? otherwise);
  return {
    starts: Uint32Array.from({ length: count }, (_, i) => HOUR + i * HOUR_SECONDS),
    windows: Uint16Array.from(series('windows', 1)),
    failedWindows: Uint16Array.from(series('failedWindows', 0)),
    flows: Uint32Array.from(series('flows', 1)),
    failedFlows: Uint32Array.from(series('failedFlows', 0)),
    packetsSent: Float64Array.from(series('packetsSent', 10)),
    packetsReceived: Float64Array.from(series('packetsReceived', 10)),
    bytesSent: Float64Array.from(series('bytesSent', 1_000)),
    bytesReceived: Float64Array.from(series('bytesReceived', 1_000)),
  };
}

/** A track from 10.0.0.1 to 203.0.113.1 443/tcp, answered once; totals are not made from `hours`. */
export function track(given: Partial<Track> = {}): Track {
  return {
    client: host('10.0.0.1'),
    server: host('203.0.113.1'),
    port: 443,
    protocol: 6,
    service: '443/tcp',
    interfaceId: 'eni-1',
    account: '123456789012',
    firstSeconds: HOUR,
    lastSeconds: HOUR + 10,
    hours: trackHours(),
    flows: 1,
    failedFlows: 0,
    opens: 1,
    packetsSent: 10,
    packetsReceived: 10,
    bytesSent: 1_000,
    bytesReceived: 1_000,
    windows: 1,
    failedWindows: 0,
    answered: true,
    moments: Uint32Array.of(HOUR),
    presence: { firstSeconds: HOUR, lastSeconds: HOUR + 10 },
    bytesOctavesMean: 10,
    bytesOctavesDeviation: 0,
    packetsOctavesMean: 3,
    packetsOctavesDeviation: 0,
    durationSecondsMean: 10,
    probabilities: {},
    evidence: [{ source: 'log', ordinal: 1 }],
    ...given,
  };
}

const NO_HOURS: HostHours = {
  starts: new Uint32Array(0),
  bytesOut: new Float64Array(0),
  bytesIn: new Float64Array(0),
  peers: new Uint32Array(0),
  services: new Uint32Array(0),
  contacts: new Uint32Array(0),
  failedContacts: new Uint32Array(0),
};

export function hostHistory(given: Partial<HostHistory> = {}): HostHistory {
  return {
    host: host('10.0.0.1'),
    interfaceId: 'eni-1',
    account: '123456789012',
    firstSeconds: HOUR,
    lastSeconds: HOUR + HOUR_SECONDS,
    asClient: [],
    asServer: [],
    hours: NO_HOURS,
    baseline: undefined,
    forgotten: 0,
    ...given,
  };
}

/** A network of nothing but what is given; places that `hosts` call are known. */
export function historyContext(
  given: Partial<HistoryContext> = {},
  hosts: readonly HostHistory[] = [],
): HistoryContext {
  const places = new Places();
  for (const one of hosts) places.add(one);
  return {
    ours: OURS,
    settings: DEFAULT_SETTINGS,
    nowSeconds: HOUR + 24 * HOUR_SECONDS,
    beganSeconds: HOUR,
    hours: Array.from({ length: 24 }, (_, i) => HOUR + i * HOUR_SECONDS),
    callers: places.callers,
    prevalence: places.prevalence.bind(places),
    originsOf: () => [],
    callersOf: () => 0,
    interfaces: [],
    skipData: new Map(),
    unfamiliar: new Map(),
    ...given,
  };
}

/** Rows of tracks of records over any number of hours, in the order of time. */
export async function rowsFrom(lines: string | readonly Fields[], judge: Judge = () => ({})): Promise<TrackRows> {
  const all = typeof lines === 'string' ? records(lines) : lines;
  const hourOf = ({ start }: Fields) => Number(start) - (Number(start) % HOUR_SECONDS);
  const rows = new TrackRows();
  for (const [hour, ofHour] of [...Map.groupBy(all, hourOf)].sort(([a], [b]) => a - b)) {
    const folded = trackRows(await score(build(ofHour), stubClassifier(judge), OURS), hour);
    for (let row = 0; row < folded.length; row++) rows.copy(folded, row);
  }
  return rows;
}

/** Hosts of ours as the product folds them from records. */
export async function hostsFrom(lines: string | readonly Fields[], judge?: Judge): Promise<HostHistory[]> {
  return hostsOf(await rowsFrom(lines, judge), OURS).map((one) => ({ ...one, baseline: undefined }));
}
