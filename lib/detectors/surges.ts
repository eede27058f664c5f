/**
 * Floods by their beginning: a service has ten times the callers' connections of its other hours all at once.
 *
 * Sees: a service of ours over TCP that at least five strangers open ten connections a second to, in a run of half an hour or more in whose other
 * windows it mostly had a tenth of that. Floods of whole requests are served like anybody's, and only their beginning tells.
 * Looks alike: a page that becomes known, which grows over hours, and a service that starts within the run, whose callers the forest knows: it gives a
 * flood next to nothing there.
 */
import { ROW_WORDS, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { windowSeconds } from '../limits.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { meanProbability, type Scored, VICTIM_CLIENTS_MIN, wordOf } from './scored.ts';
import { isTcp } from './services.ts';
import { TOTAL_SECONDS_MIN, totalsOf } from './totals.ts';

/** Connections a second; people click, and few pages make ten. */
const FLOWS_PER_SECOND_MIN = 10;

/** Times the connections of the window in the middle, if all of the run are put in order. */
const USUAL_TIMES_MIN = 10;

/** Mean probability of a flood that the forest must give. Far below its own threshold: it only rules out what it knows. Chosen on simulated networks. */
const FOREST_MIN = 0.1;

export const surges: Detector = {
  name: 'surges',
  source: 'connection rates against the usual ones, as in the threshold and z-score rules of DDoS services',
  isForWholeRuns: true,
  alone: `where the forest gives denial-of-service ${FOREST_MIN} on average`,
  detect(scored) {
    const busy = busyServices(scored);
    if (busy.size === 0) return [];
    const usual = usualFlows(scored, busy);
    return [...busy.values()].flatMap((positions) => {
      const { flows, seconds } = totalsOf(scored, positions);
      const flowsMin = USUAL_TIMES_MIN * usual.get(nameOf(scored, positions[0]))!;
      const isSurge = flows / seconds >= FLOWS_PER_SECOND_MIN && flows >= flowsMin;
      return isSurge ? [signalOf(scored, positions, flows, flowsMin)] : [];
    });
  },
};

/** Positions of the strangers at each service of ours and window, where there are enough of them and their connections. */
function busyServices(scored: Scored): Map<number, number[]> {
  const { words } = scored.conversations;
  const { service, serviceConversations } = scored.context;
  const flows = new Uint32Array(scored.rows.length);
  const isWanted = (position: number) =>
    isStrangers(scored, position) && serviceConversations[service[position]] >= VICTIM_CLIENTS_MIN;
  for (let position = 0; position < scored.rows.length; position++) {
    if (isWanted(position)) flows[service[position]] += words[wordOf(scored, position) + W.forwardFlows];
  }
  const busy = new Map<number, number[]>();
  for (let position = 0; position < scored.rows.length; position++) {
    if (flows[service[position]] < FLOWS_PER_SECOND_MIN * TOTAL_SECONDS_MIN || !isWanted(position)) continue;
    const known = busy.get(service[position]);
    if (known === undefined) busy.set(service[position], [position]);
    else known.push(position);
  }
  for (const [group, positions] of busy) if (positions.length < VICTIM_CLIENTS_MIN) busy.delete(group);
  return busy;
}

/** Whether a stranger called a service of ours over TCP. Peers of file sharing come in crowds over UDP. */
function isStrangers({ conversations, context, rows }: Scored, position: number): boolean {
  const traits = context.traits[position];
  if ((traits & TRAIT.serverIsOurs) === 0 || (traits & TRAIT.clientIsOurs) !== 0) return false;
  return isTcp(conversations.words[rows[position] * ROW_WORDS + W.service]);
}

/** A service of one server, in whatever window. */
function nameOf(scored: Scored, position: number): string {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  return `${words[at + W.server]}/${words[at + W.service]}`;
}

/** Connections of strangers in the window in the middle of the run's, by the number of connections, for each of some services. */
function usualFlows(scored: Scored, busy: ReadonlyMap<number, readonly number[]>): ReadonlyMap<string, number> {
  const { words } = scored.conversations;
  const { firstWindow, lastWindow } = scored.context;
  const names = [...busy.values()].map(([position]) => nameOf(scored, position));
  const servers = new Set([...busy.values()].map(([position]) => words[wordOf(scored, position) + W.server]));
  const flows = new Map(names.map((name) => [name, new Map<number, number>()]));
  for (let position = 0; position < scored.rows.length; position++) {
    const at = wordOf(scored, position);
    if (!servers.has(words[at + W.server]) || !isStrangers(scored, position)) continue;
    const ofService = flows.get(nameOf(scored, position));
    const window = words[at + W.window];
    ofService?.set(window, (ofService.get(window) ?? 0) + words[at + W.forwardFlows]);
  }
  const windows = (lastWindow - firstWindow) / windowSeconds + 1;
  return new Map([...flows].map(([name, byWindow]) => [name, middleOf([...byWindow.values()], windows)]));
}

/** The upper one in the middle of so many counts, of which those that are left out are 0. */
function middleOf(counts: readonly number[], length: number): number {
  return counts.toSorted((a, b) => b - a)[Math.ceil(length / 2) - 1] ?? 0;
}

function signalOf(scored: Scored, positions: readonly number[], flows: number, flowsMin: number): Signal {
  const { words } = scored.conversations;
  const at = wordOf(scored, positions[0]);
  return {
    class: 'denial-of-service',
    actor: words[at + W.server],
    actorIsVictim: true,
    scope: ANYBODY,
    window: words[at + W.window],
    suffices: meanProbability(scored, positions, 'denial-of-service') >= FOREST_MIN,
    positions,
    observed: { connectionsInFiveMinutes: flows },
    expected: { connectionsInFiveMinutes: flowsMin },
  };
}
