/**
 * Password guessing by the flatness of its sessions (Hofstede, Hendriks, Sperotto, Pras: SSH Compromise Detection using NetFlow/IPFIX,
 * ACM CCR 2014; the tool SSHCure).
 *
 * Sees: many connections from one client to one login service, all answered and all of nearly the same number of packets, because
 * every failed login goes the same way.
 * Looks alike: configuration management and monitoring that log in often (fewer sessions to each host, of changing length), and programs
 * with an outdated password, which do guess, if only one, and programs that fetch over SSH every few seconds, as flat as any guessing. So
 * this test bears out the forest, and stands alone only at a rate that nothing but guessing reaches; by FTP, where a folder of files
 * is as many sessions, never. Mail, SMB, LDAP and databases, to which
 * programs connect anew for every question, as flat as any guessing, are judged for strangers only.
 */
import { F, ROW_WORDS, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { countPorts } from '../features/subject.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { meanProbability, type Scored, wordOf } from './scored.ts';
import { FTP_PORT, isLoginService, portOf } from './services.ts';
import { grouped, positionsOn } from './sight.ts';

/** Connections in five minutes: Slips reports from 9, Zeek from 30 in half an hour. */
export const CONNECTIONS_MIN = 10;

/**
 * Connections to one server in five minutes, or servers, from which on the test needs only the forest's half agreement. One connection every two
 * seconds: guessing tools make several a second (hydra's default is 16 at once), fetching and configuration tools mostly come back every
 * ten. And who logs in at several doors in the same five minutes, always to the same length, either guesses or manages many hosts alike.
 */
const MANY_CONNECTIONS_MIN = 150;
const DOORS_MIN = 3;

/** Mean probability that the forest must give guessing then. */
const FOREST_MIN = 0.4;

/** Spread of packets per flow, in octaves: a factor of 1.4 each way covers retransmissions and one try more or less. */
export const SPREAD_OCTAVES_MAX = 0.5;

/** Packets per flow, client to server: a scan's touch is below, a session with work in it above. */
const PACKETS_MIN = 4;
const PACKETS_MAX = 64;

export const flatness: Detector = {
  name: 'flatness',
  source: 'flat packets-per-flow series, Hofstede and others 2014 (SSHCure)',
  alone: `from ${MANY_CONNECTIONS_MIN} connections to one server, or on ${DOORS_MIN} servers, in five minutes where the forest gives brute-force ${FOREST_MIN} on average; never by FTP`,
  detect(scored) {
    const { sweep: sweeps } = scored.context;
    const { words } = scored.conversations;
    const logins = positionsOn(scored, { isService: isGuarded, isFailure: false }).filter((at) => isLogin(scored, at));
    // One client on one service, whatever the server: a few tries at each of many doors are one series.
    const flows = new Uint32Array(scored.rows.length);
    for (const position of logins) flows[sweeps[position]] += words[wordOf(scored, position) + W.forwardFlows];
    const busy = logins.filter((position) => flows[sweeps[position]] >= CONNECTIONS_MIN);
    return [...grouped(busy, (position) => sweeps[position]).values()]
      .map((positions) => seriesOf(scored, positions))
      .filter((series) => isFlat(series, SPREAD_OCTAVES_MAX))
      .map((series) => signalOf(scored, series));
  },
};

/** Sessions of one client with one login service in one window. */
export interface Series {
  readonly positions: readonly number[];
  flows: number;
  /** Sum and sum of squares of log16(packets) over flows. */
  logSum: number;
  logSquares: number;
  clientPorts: number;
  /** Flows to the server that got most of them. */
  flowsMost: number;
}

/** Services with logins for anybody. */
function isGuarded(service: number): boolean {
  return isLoginService(service, false);
}

/** Whether a conversation is logins that can be told from a program's work. */
export function isLogin(scored: Scored, position: number): boolean {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  const clientIsOurs = (scored.context.traits[position] & TRAIT.clientIsOurs) !== 0;
  return isLoginService(words[at + W.service], clientIsOurs) && words[at + W.forwardFlows] > 0;
}

export function seriesOf(scored: Scored, positions: readonly number[]): Series {
  const { words, floats } = scored.conversations;
  const series = { positions, flows: 0, logSum: 0, logSquares: 0, clientPorts: 0, flowsMost: 0 };
  for (const position of positions) {
    const at = wordOf(scored, position);
    series.flows += words[at + W.forwardFlows];
    series.flowsMost = Math.max(series.flowsMost, words[at + W.forwardFlows]);
    series.logSum += floats[(at >> 1) + F.packetsLogSum];
    series.logSquares += floats[(at >> 1) + F.packetsLogSquares];
    series.clientPorts += countPorts(words[at + W.portsLow], words[at + W.portsHigh]);
  }
  return series;
}

/** Whether it is as many tries as make guessing, each a connection of nearly the same number of packets. */
export function isFlat({ flows, logSum, logSquares, clientPorts }: Series, spreadOctavesMax: number): boolean {
  const mean = logSum / flows;
  const packets = 2 ** (mean / 16);
  const spreadOctaves = Math.sqrt(Math.max(0, logSquares / flows - mean * mean)) / 16;
  return (
    flows >= CONNECTIONS_MIN &&
    clientPorts >= CONNECTIONS_MIN * 0.8 &&
    packets >= PACKETS_MIN &&
    packets <= PACKETS_MAX &&
    spreadOctaves <= spreadOctavesMax
  );
}

function signalOf(scored: Scored, { positions, flowsMost }: Series): Signal {
  const { words } = scored.conversations;
  const at = wordOf(scored, positions[0]);
  const isMany = flowsMost >= MANY_CONNECTIONS_MIN || hasDoors(scored, positions);
  return {
    class: 'brute-force',
    actor: words[at + W.client],
    actorIsVictim: false,
    scope: ANYBODY,
    window: words[at + W.window],
    suffices:
      isMany &&
      portOf(words[at + W.service]) !== FTP_PORT &&
      meanProbability(scored, positions, 'brute-force') >= FOREST_MIN,
    positions,
  };
}

function hasDoors({ conversations, rows }: Scored, positions: readonly number[]): boolean {
  const servers = new Set(positions.map((position) => conversations.words[rows[position] * ROW_WORDS + W.server]));
  return servers.size >= DOORS_MIN;
}
