/**
 * Slow password guessing: a few tries an hour, over hours and days (ATT&CK T1110.001), which the tests of single windows never see ten of.
 *
 * Sees: a client that has begun to make short, alike sessions to a login service, hour after hour, in none of which there is room for work: sizes
 * and packets of all sessions lie within a factor of 1.4, as failed logins do (the flat series of Hofstede and others 2014), and the mean session is
 * smaller than one that gets in.
 * Looks alike: cron jobs, checks and fetches that log in by the clock for ever. Those have been there on the usual days, and a login that works
 * is longer. A program with an old password is told, once, since it does guess; what programs do on mail, SMB, LDAP and databases is looked at
 * for strangers only.
 */
import { SPREAD_OCTAVES_MAX } from '../../detectors/flatness.ts';
import { isLoginService } from '../../detectors/services.ts';
import { HOUR_SECONDS } from '../hours.ts';
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { isNewSinceBaseline, serviceOf, timesOf } from './news.ts';

/** Sessions in all; Zeek reports from 30 failures, in half an hour. */
export const SESSIONS_MIN = 30;

/** Hours with sessions: what is over sooner is dense enough for the windows. */
export const HOURS_MIN = 6;

/** Mean packets of the client per session: a scan's touch or a look at the banner is below. */
const PACKETS_MIN = 5;

/**
 * Mean bytes both ways of a session without its headers, since slow networks and chatty programs send more and smaller packets for the same. A failed
 * login over SSH or RDP takes 3 to 6 kB, most of them keys; Slips takes 4,290 bytes of one way for a success.
 */
export const PAYLOAD_BYTES_MAX = 6_500;

/** Headers of IPv4 and of TCP with time stamps (RFC 7323). */
const HEADER_BYTES = 52;

/** Share of sessions that may have failed to connect: limits of the server, not a scan. */
const FAILED_SHARE_MAX = 0.3;

export const slowGuessing: HistoryDetector = {
  name: 'slow-guessing',
  source: 'flat short sessions over hours, after Hofstede and others 2014 (SSHCure) and Zeek',
  alone: 'always, for the digest where a stranger guesses',
  detect: (hosts, context) => hosts.flatMap((host) => [...byHost(host, context), ...byStrangers(host)]),
};

/** What a host of ours does: its doors are one story, whatever the services. */
function byHost(host: HostHistory, context: HistoryContext): HistorySignal[] {
  const guessed = host.asClient.filter((track) => isGuessing(track) && isNewSinceBaseline(host, track, context));
  return guessed.length === 0 ? [] : [signalOf(guessed)];
}

/** What strangers do at a host of ours that had none of them on its usual days; who comes in by the clock was there then. */
function byStrangers({ baseline, asServer }: HostHistory): HistorySignal[] {
  if (baseline === undefined) return [];
  return asServer
    .filter(({ client, firstSeconds }) => !client.isOurs && firstSeconds >= baseline.endSeconds)
    .filter(isGuessing)
    .map((track) => ({ ...signalOf([track]), scope: track.server.address, severity: 'low' }));
}

function isGuessing(track: Track): boolean {
  const { flows, failedFlows, answered, client } = track;
  if (flows < SESSIONS_MIN || !answered || !isLoginService(serviceOf(track), client.isOurs)) return false;
  if (payloadBytes(track) > PAYLOAD_BYTES_MAX * flows || failedFlows > FAILED_SHARE_MAX * flows) return false;
  if (Math.max(track.bytesOctavesDeviation, track.packetsOctavesDeviation) > SPREAD_OCTAVES_MAX) return false;
  return track.packetsSent >= PACKETS_MIN * flows && track.hours.starts.length >= HOURS_MIN;
}

const payloadBytes = ({ bytesSent, bytesReceived, packetsSent, packetsReceived }: Track) =>
  bytesSent + bytesReceived - HEADER_BYTES * (packetsSent + packetsReceived);

function signalOf(tracks: readonly Track[]): HistorySignal {
  const sum = (of: (track: Track) => number) => tracks.reduce((total, track) => total + of(track), 0);
  const sessions = sum(({ flows }) => flows);
  const { firstSeconds, lastSeconds } = timesOf(tracks);
  const hours = (lastSeconds - firstSeconds) / HOUR_SECONDS;
  return {
    type: 'brute-force',
    actor: tracks[0].client,
    actorIsVictim: false,
    scope: ANYWHERE,
    firstSeconds,
    lastSeconds,
    observed: {
      attempts: sessions,
      hosts: new Set(tracks.map(({ server }) => server.address)).size,
      attemptsPerHour: Number((sessions / hours).toPrecision(3)),
      bytesPerAttempt: Math.round(sum(payloadBytes) / sessions),
    },
    expected: { attempts: SESSIONS_MIN, bytesPerAttempt: PAYLOAD_BYTES_MAX },
    tracks,
  };
}
