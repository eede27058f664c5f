/**
 * Spam bots, told by the host's usual days (GuardDuty's Spambot: port 25 without prior history).
 *
 * Sees: a host of ours that has begun to try port 25 of many strangers within a day, though nobody is served mail by it.
 * Looks alike: a mail server or relay that was set up today (it listens for mail as well), and a program that sends its own newsletter for the first
 * time.
 */
import { MAIL_DELIVERY, MAIL_SERVICES } from '../../detectors/services.ts';
import { DAY_SECONDS } from '../hours.ts';
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory } from '../track.ts';
import { isNew, serviceOf, timesOf } from './news.ts';

/** Strangers tried within a day; as in lib/detectors/spam.ts. */
const STRANGERS_MIN = 10;

export const spamHistory: HistoryDetector = {
  name: 'new-mail-delivery',
  source: 'port 25 of many strangers without precedent, after GuardDuty Spambot',
  alone: 'always',
  detect: (hosts, context) => hosts.flatMap((host) => spamOf(host, context) ?? []),
};

function spamOf(host: HostHistory, context: HistoryContext): HistorySignal | undefined {
  const serves = host.asServer.some((track) => track.answered && MAIL_SERVICES.has(serviceOf(track)));
  if (serves || host.baseline?.services?.has('25/tcp')) return undefined;
  const deliveries = host.asClient.filter(
    (track) => serviceOf(track) === MAIL_DELIVERY && !track.server.isOurs && track.flows > 0,
  );
  if (deliveries.length < STRANGERS_MIN || !deliveries.every((track) => isNew(host, track, context))) return undefined;
  const { lastSeconds } = timesOf(deliveries);
  const ofDay = deliveries.filter((track) => track.lastSeconds > lastSeconds - DAY_SECONDS);
  if (ofDay.length < STRANGERS_MIN) return undefined;
  return {
    type: 'spam-bot',
    actor: host.host,
    actorIsVictim: false,
    scope: ANYWHERE,
    ...timesOf(ofDay),
    observed: { hosts: ofDay.length, bytesSent: ofDay.reduce((sum, { bytesSent }) => sum + bytesSent, 0) },
    expected: { hosts: STRANGERS_MIN },
    tracks: ofDay,
  };
}
