/**
 * The forest as a detector.
 *
 * Sees: conversations whose probability for a class reaches the model's threshold for that class, gathered by actor and window.
 * Looks alike: whatever shares the shape of an attack within five minutes and was not among the training's benign traffic; the model
 * card lists what was met.
 */
import { W } from '../conversations/row.ts';
import type { ModelClass } from '../model/manifest.ts';
import { collectionPoints } from './collection-points.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { habitOf, habitsOf } from './news.ts';
import { isVictims, type Scored, wordOf } from './scored.ts';
import { isTcp } from './services.ts';
import { totalsOf } from './totals.ts';

type ForestClass = Exclude<ModelClass, 'benign'>;

/**
 * Conversations of one actor in one window from which on a class is believed. Below five contacts a scan cannot be told from bad luck:
 * measured recall there was 0 (feasibility runs on CTU-13 and CIC-IDS2017), and a normal client meets a few dead ends.
 */
export const CONVERSATIONS_MIN: Readonly<Record<ForestClass, number>> = {
  scan: 5,
  'brute-force': 1,
  'denial-of-service': 1,
  'command-and-control': 1,
  exfiltration: 1,
};

/**
 * A flood is a matter of volume: under a fifth of what the volume test alone would report, the forest is mistaken whatever the shape. A normal
 * user's pings looked like floods to it (feasibility runs on CTU-Normal-7).
 */
const FLOOD_PACKETS_PER_SECOND_MIN = 200;
const FLOOD_FLOWS_PER_SECOND_MIN = 100;

/**
 * Connections of one actor in one window from which on guessing is believed: who mistypes a password tries again once. Who was there when a run
 * began and is there when it ends has a habit, and is believed to guess from the count of the published tests on: programs that fetch every minute
 * log in as alike as tools do.
 */
const TRIES_MIN = 3;
const HABITUAL_TRIES_MIN = 10;

/** Classes that are about one target: a beacon or a drop point is a place, a scan is a manner. */
const SCOPED: ReadonlySet<ModelClass> = new Set(['command-and-control', 'exfiltration']);

/** What 32-bit probabilities may miss of a sum of 1. */
const ROUNDING = 1e-4;

export const forest: Detector = {
  name: 'forest',
  source: 'random forest over the features of lib/features/catalog.ts, see models/MODEL_CARD.md',
  alone: 'all classes but command-and-control, which one window cannot show',
  detect(scored) {
    const groups = new Map<string, { signal: ForestSignal; positions: number[] }>();
    const { classes, thresholds } = scored.classifier.manifest;
    const benign = classes.indexOf('benign');
    const benignMax = 1 - Math.min(...Object.values(thresholds)) + ROUNDING;
    for (let position = 0; position < scored.rows.length; position++) {
      // Probabilities add up to 1: most rows are too benign for any threshold.
      if (scored.probabilities[position * classes.length + benign] > benignMax) continue;
      const attack = attackOf(scored, position);
      if (attack !== undefined) gather(groups, scored, position, attack);
    }
    const signals = [...groups.values()].map(({ signal, positions }) => ({ ...signal, positions }));
    const has = (name: ForestClass) => signals.some((signal) => signal.class === name);
    const known = {
      habits: has('brute-force') ? habitsOf(scored) : new Set<string>(),
      points: has('exfiltration') ? collectionPoints(scored) : new Set<number>(),
    };
    return signals.filter((signal) => isPlausible(scored, signal, known));
  },
};

type ForestSignal = Signal & { readonly class: ForestClass };

/** What the run shows of a network's habits, where it is asked for. */
interface Known {
  /** As `habitOf` names them. */
  readonly habits: ReadonlySet<string>;
  /** Address codes of places where many bring their copies. */
  readonly points: ReadonlySet<number>;
}

/** Whether there is enough of it to be what the forest says, and nothing better known. */
function isPlausible(scored: Scored, signal: ForestSignal, { habits, points }: Known): boolean {
  if (signal.positions.length < CONVERSATIONS_MIN[signal.class]) return false;
  if (signal.class === 'exfiltration') return !points.has(signal.scope);
  const { packets, flows, seconds } = totalsOf(scored, signal.positions);
  if (signal.class === 'brute-force') return isGuessing(scored, signal, flows, habits);
  if (signal.class !== 'denial-of-service') return true;
  return packets / seconds >= FLOOD_PACKETS_PER_SECOND_MIN || flows / seconds >= FLOOD_FLOWS_PER_SECOND_MIN;
}

/** No service takes passwords over UDP, where games and calls knock again and again; and a habit needs more tries. */
function isGuessing(scored: Scored, { positions }: Signal, flows: number, habits: ReadonlySet<string>): boolean {
  const { words } = scored.conversations;
  if (!positions.some((position) => isTcp(words[wordOf(scored, position) + W.service]))) return false;
  const isHabit = positions.every((position) => habits.has(habitOf(scored, position)));
  return flows >= (isHabit ? HABITUAL_TRIES_MIN : TRIES_MIN);
}

/** The likeliest attack class that reaches its threshold. */
export function attackOf(scored: Scored, position: number): ForestClass | undefined {
  const { classes, thresholds } = scored.classifier.manifest;
  let best: ForestClass | undefined;
  let highest = 0;
  for (let i = 0; i < classes.length; i++) {
    const name = classes[i];
    if (name === 'benign') continue;
    const probability = scored.probabilities[position * classes.length + i];
    if (probability >= thresholds[name]! && probability > highest) {
      best = name;
      highest = probability;
    }
  }
  return best;
}

function gather(
  groups: Map<string, { signal: ForestSignal; positions: number[] }>,
  scored: Scored,
  position: number,
  attack: ForestClass,
): void {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  const actorIsVictim = attack === 'denial-of-service' && isVictims(scored, position);
  const actor = words[at + (actorIsVictim ? W.server : W.client)];
  const scope = SCOPED.has(attack) ? words[at + W.server] : ANYBODY;
  const window = words[at + W.window];
  const key = `${attack}/${actor}/${actorIsVictim}/${scope}/${window}`;
  const known = groups.get(key);
  if (known !== undefined) known.positions.push(position);
  else {
    // One window cannot show command and control: there the forest only bears out the regularity over many.
    const suffices = attack !== 'command-and-control';
    const signal = { class: attack, actor, actorIsVictim, scope, window, suffices, positions: [] };
    groups.set(key, { signal, positions: [position] });
  }
}
