/**
 * Scans by their beginning: who had nothing to do with a service begins to fail there, with one host after another.
 *
 * Sees: a host of ours that is not with a service while a run of half an hour or more begins, and of whose later contacts so many fail that the
 * sequential test (random-walk.ts) calls it a scanner: with other hosts of ours, or with strangers on services of administration or the UDP services that scanners
 * look for.
 * Looks alike: programs whose servers are gone, to which the forest gives next to nothing, and programs that share files, most of whose peers abroad
 * are gone.
 */
import { ROW_WORDS, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import type { Detector } from './detector.ts';
import { habitOf, News } from './news.ts';
import { NET_FAILURES_MIN, scanSignal, type Walk, walksOf } from './random-walk.ts';
import { highestProbability, type Scored } from './scored.ts';
import { ADMINISTRATION_PORTS, isIcmp, isKnownUdpService, isTcp, portOf } from './services.ts';
import { grouped } from './sight.ts';

/** Highest probability of a scan that the forest must give one of the contacts. Far below its own threshold. Chosen on simulated networks. */
const FOREST_MIN = 0.02;

/** The same where all contacts are pings, by which monitoring and inventories look for hosts as well. */
const PING_FOREST_MIN = 0.1;

export const newSweeps: Detector = {
  name: 'new-sweeps',
  source: 'threshold random walk, Jung and others 2004, at services that the client was not with before',
  isForWholeRuns: true,
  alone: `where the forest gives scan ${FOREST_MIN} or more to one of the contacts, ${PING_FOREST_MIN} where all are pings`,
  detect(scored) {
    const walks = walksOf(scored);
    const contacts = walks.flatMap(({ positions }) => positions.filter((position) => isScanners(scored, position)));
    const news = new News(scored, contacts, habitOf);
    const isNew = ({ positions }: Walk) =>
      highestProbability(scored, positions, 'scan') >= forestMin(scored, positions) &&
      positions.every((position) => isScanners(scored, position) && news.has(position));
    return walks
      .flatMap((walk) => (isNew(walk) ? [walk] : servicesOf(scored, walk).filter(isNew)))
      .map((walk) => scanSignal(walk, true));
  },
};

/** The sweeps of a walk by themselves: a program whose servers are gone may fail beside a scan. */
function servicesOf({ conversations, rows }: Scored, walk: Walk): Walk[] {
  const services = grouped(walk.positions, (position) => conversations.words[rows[position] * ROW_WORDS + W.service]);
  return [...services.values()]
    .filter((positions) => positions.length >= NET_FAILURES_MIN)
    .map((positions) => ({ ...walk, positions, isVertical: false }));
}

function forestMin({ conversations, rows }: Scored, positions: readonly number[]): number {
  const arePings = positions.every((position) => isIcmp(conversations.words[rows[position] * ROW_WORDS + W.service]));
  return arePings ? PING_FOREST_MIN : FOREST_MIN;
}

const INSIDE = TRAIT.clientIsOurs | TRAIT.serverIsOurs;

/** Whether hardly anybody but a scanner would fail there. */
function isScanners({ conversations, context, rows }: Scored, position: number): boolean {
  const traits = context.traits[position];
  if ((traits & INSIDE) === INSIDE) return true;
  const service = conversations.words[rows[position] * ROW_WORDS + W.service];
  const isLookedFor = isTcp(service) ? ADMINISTRATION_PORTS.has(portOf(service)) : isKnownUdpService(service);
  return (traits & TRAIT.clientIsOurs) !== 0 && isLookedFor;
}
