/**
 * Thresholds for a network of one's own, from days of it that nobody has labelled: for each class, the lowest that would have raised no more alerts a
 * day than wanted.
 *
 * That takes the days for innocent. An attack among them pushes its threshold up, so what would no longer be raised is told, for a person to see.
 */
import { CONVERSATIONS_MIN, forest } from '../detectors/forest.ts';
import type { Scored } from '../detectors/scored.ts';
import { evaluationListMax, windowSeconds } from '../limits.ts';
import type { ModelClass } from '../model/manifest.ts';
import type { Thresholds } from '../model/thresholds.ts';
import { isoTime } from './review.ts';

const DAY_SECONDS = 86_400;

/** Digits of a threshold, and the step to the next: one more than scores of some dozen trees can use. */
const DIGITS = 4;

export interface OwnThreshold {
  readonly class: ModelClass;
  /** The model's own, below which none is set. */
  readonly shipped: number;
  readonly threshold: number;
  /** Alerts over the days given, at the one and at the other: one for each actor (and place, for classes about a place) and day. */
  readonly alertsBefore: number;
  readonly alertsAfter: number;
  /** Highest score over the days, 0 when nothing reached the shipped threshold. */
  readonly highest: number;
}

/** What would be raised with the shipped thresholds and not with these. */
export interface Silenced {
  readonly class: ModelClass;
  readonly actor: string;
  readonly day: string;
  readonly score: number;
}

export interface OwnThresholds {
  /** Time that the logs cover: five minutes for each window with a conversation. */
  readonly days: number;
  readonly classes: readonly OwnThreshold[];
  /** Highest scores first. */
  readonly silenced: readonly Silenced[];
  /** Of all classes, as the settings take them. */
  readonly thresholds: Thresholds;
}

/** Alert budgets are a day's; what is wanted for part of a day is rounded down, so that an hour without alerts silences all that it saw. */
export function ownThresholds(scored: Scored, alertsPerDay: Readonly<Record<string, number>>): OwnThresholds {
  const { classes: columns, thresholds: shipped } = scored.classifier.manifest;
  const days = (scored.context.windows * windowSeconds) / DAY_SECONDS;
  const alerts = alertsOf(scored);
  const names = columns.filter((name) => name !== 'benign');
  const classes = names.map((name) => {
    const falling = alerts.filter((alert) => alert.class === name).sort((a, b) => b.score - a.score);
    const next = falling[Math.floor(alertsPerDay[name] * days)];
    const threshold = Math.max(shipped[name]!, next === undefined ? 0 : above(next.score));
    return {
      class: name,
      shipped: shipped[name]!,
      threshold,
      alertsBefore: falling.length,
      alertsAfter: falling.filter(({ score }) => score >= threshold).length,
      highest: falling[0]?.score ?? 0,
    };
  });
  const thresholds = Object.fromEntries(classes.map((one) => [one.class, one.threshold]));
  const silenced = alerts.filter((alert) => alert.score < thresholds[alert.class]).sort((a, b) => b.score - a.score);
  return { days, classes, silenced: silenced.slice(0, evaluationListMax), thresholds };
}

/** The next number with the digits of a threshold that is larger, and 1 at most. */
function above(score: number): number {
  return Math.min(1, Number(((Math.floor(score * 10 ** DIGITS) + 1) / 10 ** DIGITS).toFixed(DIGITS)));
}

/** The forest's signals at the shipped thresholds, one for each class, actor, scope and day, with the highest threshold that lets it pass. */
function alertsOf(scored: Scored): Silenced[] {
  const { names } = scored.conversations;
  const best = new Map<string, Silenced>();
  for (const { class: name, actor, scope, window, positions } of forest.detect(scored)) {
    if (name === 'other-attack') continue;
    const day = isoTime(window).slice(0, 'yyyy-mm-dd'.length);
    const key = `${name}/${actor}/${scope}/${day}`;
    const score = passing(scored, name, positions);
    if (score > (best.get(key)?.score ?? 0)) {
      best.set(key, { class: name, actor: names.addresses.format(actor), day, score });
    }
  }
  return [...best.values()];
}

/** The highest threshold at which a signal still has as many conversations as its class needs. */
function passing(
  { classifier, probabilities }: Scored,
  name: keyof typeof CONVERSATIONS_MIN,
  positions: readonly number[],
) {
  const { classes } = classifier.manifest;
  const column = classes.indexOf(name);
  const falling = positions.map((position) => probabilities[position * classes.length + column]).sort((a, b) => b - a);
  return falling[CONVERSATIONS_MIN[name] - 1];
}
