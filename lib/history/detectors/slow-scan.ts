/**
 * Slow scans by the threshold random walk (Jung, Paxson, Berger, Balakrishnan, IEEE S&P 2004) over days: the walk has no window.
 *
 * Sees: a host of ours that has tried one service on many hosts, or many services on one host, once or twice each, and mostly failed, a
 * few in any five minutes.
 * Looks alike: monitoring and retries, which come again and again to the same dead ends (not counted), peer-to-peer programs (half of their
 * peers answer, on ports of all kinds), and crawlers (most answer). What is fast is left to the test of single windows and not counted here, but
 * a scan with a fast moment is as slow as it is for the rest of the day.
 */
import { PROTOCOL } from '../../flowlog/fields.ts';
import { windowSeconds } from '../../limits.ts';
import { ANYWHERE, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { timesOf } from './news.ts';

/**
 * Net failures; the paper's walk ends after 9 at a false-positive rate of 1 in 100,000 (lib/detectors/random-walk.ts). A week of a host has
 * more chances than five minutes, so it is half as many again.
 */
export const NET_FAILURES_MIN = 14;

/** Share of contacts that fail: theta 1 of the paper. */
const FAILED_SHARE_MIN = 0.8;

/** Windows in which a dead end was tried: a scanner comes once or twice, a retry for ever. */
const PROBE_WINDOWS_MAX = 3;

/** Failing contacts that begin in one window from which on the test of single windows sees them. */
const FAST_MIN = 9;

export const slowScan: HistoryDetector = {
  name: 'slow-walk',
  source: 'threshold random walk over days, Jung and others 2004',
  alone: 'always',
  detect: (hosts) => hosts.flatMap((host) => scanOf(host) ?? []),
};

/** One signal a host: its sweeps and vertical scans are one story. */
function scanOf(host: HostHistory): HistorySignal | undefined {
  const contacts = host.asClient.filter(({ protocol, flows }) => protocol === PROTOCOL.tcp && flows > 0);
  const probes = new Set<Track>();
  for (const keyOf of [(track: Track) => track.service, (track: Track) => track.server.address]) {
    for (const group of Map.groupBy(contacts, keyOf).values()) {
      for (const probe of walk(group)) probes.add(probe);
    }
  }
  if (probes.size === 0) return undefined;
  const tracks = [...probes];
  return {
    type: 'slow-scan',
    actor: host.host,
    actorIsVictim: false,
    scope: ANYWHERE,
    ...timesOf(tracks),
    observed: {
      hosts: new Set(tracks.map(({ server }) => server.address)).size,
      services: new Set(tracks.map(({ service }) => service)).size,
      netFailures: tracks.length,
    },
    expected: { netFailures: NET_FAILURES_MIN },
    tracks,
  };
}

/** The failing contacts of a group that add up to a slow scan, else none. */
function walk(group: readonly Track[]): readonly Track[] {
  if (group.length < NET_FAILURES_MIN) return [];
  const failures = group.filter(({ answered, windows }) => !answered && windows <= PROBE_WINDOWS_MAX);
  const successes = group.reduce((sum, { answered }) => sum + (answered ? 1 : 0), 0);
  if (failures.length < FAILED_SHARE_MIN * group.length) return [];
  const slow = withoutFast(failures);
  return slow.length - successes < NET_FAILURES_MIN ? [] : slow;
}

function withoutFast(failures: readonly Track[]): readonly Track[] {
  const windows = Map.groupBy(failures, ({ firstSeconds }) => Math.floor(firstSeconds / windowSeconds));
  return [...windows.values()].filter((inWindow) => inWindow.length < FAST_MIN).flat();
}
