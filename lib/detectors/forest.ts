/**
 * The forest as a detector.
 *
 * Sees: conversations whose probability for a class reaches the model's threshold for that class, gathered by actor and window.
 * Looks alike: whatever shares the shape of an attack within five minutes and was not among the training's benign traffic; the model
 * card lists what was met.
 */
import { W } from '../conversations/row.ts';
import type { ModelClass } from '../model/manifest.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { type Scored, wordOf } from './scored.ts';

type AttackClass = Signal['class'];

/**
 * Conversations of one actor in one window from which on a class is believed. Below five contacts a scan cannot be told from bad luck:
 * measured recall there was 0 (feasibility runs on CTU-13 and CIC-IDS2017), and a normal client meets a few dead ends.
 */
const CONVERSATIONS_MIN: Readonly<Record<AttackClass, number>> = {
  scan: 5,
  'brute-force': 1,
  'denial-of-service': 1,
  'command-and-control': 1,
  exfiltration: 1,
};

/** Clients of one service from which on a flood is the victim's: fewer attackers are better named one by one. */
const FLOOD_CLIENTS_MIN = 5;

/** Classes that are about one target: a beacon or a drop point is a place, a scan is a manner. */
const SCOPED: ReadonlySet<ModelClass> = new Set(['command-and-control', 'exfiltration']);

export const forest: Detector = {
  name: 'forest',
  source: 'random forest over the features of lib/features/catalog.ts, see models/MODEL_CARD.md',
  detect(scored) {
    const groups = new Map<string, { signal: Signal; positions: number[] }>();
    for (let position = 0; position < scored.rows.length; position++) {
      const attack = attackOf(scored, position);
      if (attack !== undefined) gather(groups, scored, position, attack);
    }
    const signals = [...groups.values()].map(({ signal, positions }) => ({ ...signal, positions }));
    return signals.filter((signal) => signal.positions.length >= CONVERSATIONS_MIN[signal.class]);
  },
};

/** The likeliest attack class that reaches its threshold. */
export function attackOf(scored: Scored, position: number): AttackClass | undefined {
  const { classes, thresholds } = scored.classifier.manifest;
  let best: AttackClass | undefined;
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
  groups: Map<string, { signal: Signal; positions: number[] }>,
  scored: Scored,
  position: number,
  attack: AttackClass,
): void {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  const { context } = scored;
  const clients = context.serviceConversations[context.service[position]];
  const actorIsVictim = attack === 'denial-of-service' && clients >= FLOOD_CLIENTS_MIN;
  const actor = words[at + (actorIsVictim ? W.server : W.client)];
  const scope = SCOPED.has(attack) ? words[at + W.server] : ANYBODY;
  const window = words[at + W.window];
  const key = `${attack}/${actor}/${actorIsVictim}/${scope}/${window}`;
  const known = groups.get(key);
  if (known !== undefined) known.positions.push(position);
  else
    groups.set(key, {
      signal: { class: attack, actor, actorIsVictim, scope, window, positions: [] },
      positions: [position],
    });
}
