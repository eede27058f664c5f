/**
 * Scans by the threshold random walk (Jung, Paxson, Berger, Balakrishnan: Fast Portscan Detection Using Sequential Hypothesis Testing,
 * IEEE S&P 2004).
 *
 * Sees: a client whose contacts fail far more often than a user's would, over the servers it tried on one service (sweep) or the services
 * it tried on one server (vertical scan). Each failure is evidence for, each success evidence against.
 * Looks alike: searches for printers, which fail as any sweep does and are left to the forest; peer-to-peer clients with stale peers (half of their
 * contacts succeed, which keeps the walk down), monitoring of a network that is down, and a client whose only server died (one contact, however often
 * repeated, counts once). Traceroutes try UDP ports in rising order and get no answer in UDP, and peers of file sharing whatever ports their peers had
 * yesterday, so a vertical scan over UDP is judged by ports of well-known services alone.
 */
import { W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { highestProbability, type Scored, wordOf } from './scored.ts';
import { isKnownUdpService, isTcp, PRINTER_PORTS, portOf } from './services.ts';

/** Share of contacts that succeed for a user and for a scanner: theta 0 and theta 1 of the paper. */
const USER_SUCCESS = 0.8;
const SCANNER_SUCCESS = 0.2;

/**
 * Net failures from which on a client is called a scanner: the walk must reach ln(0.99 / 0.00001). The paper's false-positive rate of
 * 0.01 is per host and lifetime; ours holds per client and window, of which a day has 288.
 */
export const NET_FAILURES_MIN = Math.ceil(Math.log(0.99 / 0.000_01) / Math.log(USER_SUCCESS / SCANNER_SUCCESS));

/**
 * Net failures for a stranger's sweep of our hosts. The internet knocks at every address all day; Zeek's scan policy calls it a scan from 25
 * hosts in five minutes on.
 */
const STRANGER_NET_FAILURES_MIN = 25;

/**
 * Highest probability of a scan that the forest must give one of the contacts for the test to be enough alone: it rules out programs whose servers
 * are gone, sweeps of pings and searches for devices, which fail as often as any scan and have another shape. Nothing of the kind goes through the ports
 * of one host.
 */
const FOREST_MIN = 0.5;
const VERTICAL_FOREST_MIN = 0.1;

export const randomWalk: Detector = {
  name: 'random-walk',
  source: 'threshold random walk, Jung and others 2004',
  alone: `where the forest gives scan ${FOREST_MIN} or more to one of the contacts, ${VERTICAL_FOREST_MIN} where they are with one host`,
  detect: (scored) => walksOf(scored).map((walk) => signalOf(scored, walk)),
};

/** Contacts of one client in one window whose walks have come far enough. */
export interface Walk {
  readonly actor: number;
  readonly window: number;
  readonly positions: number[];
  /** Whether one of the walks goes through the services of one host. */
  isVertical: boolean;
}

export function walksOf(scored: Scored): Walk[] {
  const { words } = scored.conversations;
  const { traits, pair, sweep, sweepFailures, sweepConversations } = scored.context;
  const vertical = verticalWalks(scored);
  const isSweep = walksReaching(sweepFailures, sweepConversations);
  const walks = new Map<string, Walk>();
  for (let position = 0; position < scored.rows.length; position++) {
    // Hardly any is either: the row itself is seldom looked at.
    const isFailingPair = vertical[pair[position]] >= NET_FAILURES_MIN;
    if (!isFailingPair && isSweep[sweep[position]] === 0) continue;
    const at = wordOf(scored, position);
    const isOurs = (traits[position] & TRAIT.clientIsOurs) !== 0;
    const netFailuresMin = isOurs ? NET_FAILURES_MIN : STRANGER_NET_FAILURES_MIN;
    const isVertical = isFailingPair && isService(words[at + W.service]);
    if (!isVertical && PRINTER_PORTS.has(portOf(words[at + W.service]))) continue;
    if (!isVertical && sweepWalk(scored.context, position) < netFailuresMin) continue;
    const actor = words[at + W.client];
    const window = words[at + W.window];
    const key = `${actor}/${window}`;
    const known = walks.get(key);
    const walk = known ?? { actor, window, positions: [], isVertical: false };
    if (known === undefined) walks.set(key, walk);
    walk.positions.push(position);
    walk.isVertical ||= isVertical;
  }
  return [...walks.values()];
}

function signalOf(scored: Scored, walk: Walk): Signal {
  const probabilityMin = walk.isVertical ? VERTICAL_FOREST_MIN : FOREST_MIN;
  return scanSignal(walk, highestProbability(scored, walk.positions, 'scan') >= probabilityMin);
}

export function scanSignal({ actor, window, positions }: Walk, suffices: boolean): Signal {
  return { class: 'scan', actor, actorIsVictim: false, scope: ANYBODY, window, suffices, positions };
}

/** Whether a scan of a host's ports would try it, and hardly anybody else in vain. */
function isService(service: number): boolean {
  return isTcp(service) || isKnownUdpService(service);
}

/** 1 for every group whose walk comes as far as the shorter one must. */
function walksReaching(failures: Uint32Array, conversations: Uint32Array): Uint8Array {
  const reaching = new Uint8Array(failures.length);
  for (let group = 0; group < failures.length; group++) {
    if (2 * failures[group] - conversations[group] >= NET_FAILURES_MIN) reaching[group] = 1;
  }
  return reaching;
}

/** Net failures over the services of each pair of hosts. */
function verticalWalks(scored: Scored): Int32Array {
  const { words } = scored.conversations;
  const { pair, pairFailures, traits } = scored.context;
  const walks = new Int32Array(scored.rows.length);
  // Successes take a walk down: without failures enough, no pair gets there.
  if (!pairFailures.some((failures) => failures >= NET_FAILURES_MIN)) return walks;
  for (let position = 0; position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    if (isService(words[at + W.service])) walks[pair[position]] += (traits[position] & TRAIT.failed) !== 0 ? 1 : -1;
  }
  return walks;
}

/** Net failures of the conversation's client on its service. */
function sweepWalk({ sweep, sweepFailures, sweepConversations }: Scored['context'], position: number): number {
  return 2 * sweepFailures[sweep[position]] - sweepConversations[sweep[position]];
}
