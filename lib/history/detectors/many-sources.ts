/**
 * Distributed scans over days, counted at the victim: many strangers, each of which comes once, try one service of a host that answers nobody.
 *
 * Sees: far more strangers on one closed service today than on the days before, or on all closed services of a host together, or on services
 * that nobody tried before and several do today: bots that go by one list meet on it.
 * Looks alike: the internet's everyday noise, which tries the same ports every day (so it is compared with the days before), and a public
 * service that has been closed (it had answered).
 */
import { PROTOCOL } from '../../flowlog/fields.ts';
import { DAY_SECONDS } from '../hours.ts';
import { ANYWHERE, type HistoryContext, type HistoryDetector, type HistorySignal } from '../signal.ts';
import type { HostHistory, Track } from '../track.ts';
import { timesOf } from './news.ts';

/** Strangers within a day; everyday noise brings a handful to a port that is not among its favourites. */
export const SOURCES_MIN = 40;

/** Strangers of the day over those of an average day before. */
const FACTOR_MIN = 10;

/** The same over all closed services of a host: its noise is much, but hardly changes from day to day. */
export const HOST_SOURCES_MIN = 100;
const HOST_FACTOR_MIN = 3;

/** Days before that must have been looked at, for one service, and for more. */
const DAYS_MIN = 1;
const HOST_DAYS_MIN = 3;

/** Strangers at services that two or more of them are the first to try, over those that chance brings together there. */
const MET_FACTOR_MIN = 3;

/** Services that strangers at random choose among: they meet as birthdays do. */
const PORTS = 65_536;

/** Windows in which one stranger came: bots come once. */
const VISITS_MAX = 2;

export const manySourcesHistory: HistoryDetector = {
  name: 'sources-of-days',
  source: 'failing sources of a day counted at the victim, against the days before',
  alone: 'always, for the digest',
  detect: (hosts, context) => hosts.flatMap((host) => scanOf(host, context) ?? []),
};

function scanOf(host: HostHistory, { nowSeconds, beganSeconds }: HistoryContext): HistorySignal | undefined {
  const from = nowSeconds - DAY_SECONDS;
  const days = (from - beganSeconds) / DAY_SECONDS;
  if (days < DAYS_MIN || host.asServer.length < SOURCES_MIN) return undefined;
  const visits = host.asServer.filter(({ client, protocol }) => !client.isOurs && protocol === PROTOCOL.tcp);
  const services = [...Map.groupBy(visits, ({ port }) => port).values()].map((ofPort) => crowdOf(ofPort, from, days));
  const closed = services.filter((crowd) => crowd !== undefined);
  const single = closed.filter((crowd) => stands(crowd, SOURCES_MIN, FACTOR_MIN));
  const whole = days < HOST_DAYS_MIN ? undefined : joined(closed);
  const met = days < HOST_DAYS_MIN ? [] : meetingPlaces(closed);
  const found =
    whole !== undefined && stands(whole, HOST_SOURCES_MIN, HOST_FACTOR_MIN)
      ? closed
      : [...new Set([...single, ...met])];
  if (found.length === 0) return undefined;
  const { today, usual } = joined(found);
  return {
    type: 'distributed-scan',
    actor: host.host,
    actorIsVictim: true,
    scope: ANYWHERE,
    ...timesOf(today),
    observed: { sources: today.length, services: new Set(today.map(({ port }) => port)).size },
    expected: { sources: Math.ceil(usual) },
    tracks: today,
  };
}

/** Strangers that failed once at a service today, and on an average day before. */
interface Crowd {
  readonly today: readonly Track[];
  readonly usual: number;
}

/** `undefined` where the service answers somebody. */
function crowdOf(ofPort: readonly Track[], from: number, days: number): Crowd | undefined {
  if (ofPort.some(({ answered }) => answered)) return undefined;
  const today = ofPort.filter(({ firstSeconds, windows }) => firstSeconds >= from && windows <= VISITS_MAX);
  return { today, usual: ofPort.filter(({ firstSeconds }) => firstSeconds < from).length / days };
}

/** Services that nobody tried before and two strangers or more do today, where these are too many to have met by chance. */
function meetingPlaces(closed: readonly Crowd[]): readonly Crowd[] {
  const untried = closed.filter(({ usual }) => usual === 0);
  const met = untried.filter(({ today }) => today.length > 1);
  const strangers = joined(untried).today.length;
  const byChance = strangers ** 2 / PORTS;
  return joined(met).today.length >= Math.max(SOURCES_MIN, MET_FACTOR_MIN * byChance) ? met : [];
}

const joined = (crowds: readonly Crowd[]): Crowd => ({
  today: crowds.flatMap(({ today }) => today),
  usual: crowds.reduce((sum, { usual }) => sum + usual, 0),
});

const stands = ({ today, usual }: Crowd, sourcesMin: number, factorMin: number): boolean =>
  today.length >= sourcesMin && today.length >= factorMin * usual;
