/**
 * Attackers, counted once each: one bot with ten thousand flows is one case.
 *
 * An attack is all conversations with one attack label and one actor: the client, or the victim, a host of ours, where five clients or
 * more are on a flooded service in some window. Its delay runs from the first second that a label covers in one of its windows to the end of the first
 * window in which it is flagged, or that a finding of its class covers: sooner than that nobody can have known.
 */
import { LABELS } from '../flowlog/labels.ts';
import { windowSeconds } from '../limits.ts';
import type { ScoreTable } from './score-table.ts';
import { type AttackLabel, isAttack, labelOfClass, type Truth } from './truth.ts';

export interface Attack {
  readonly label: AttackLabel;
  /** Address code. */
  readonly actor: number;
  readonly isVictim: boolean;
  /** Positions of its conversations, in order of window. */
  readonly rows: readonly number[];
  /** Unix seconds of its first labelled second. */
  readonly onset: number;
}

/** All attacks in order of onset. */
export function attacksOf(table: ScoreTable, truth: Truth, crowded: Uint8Array): Attack[] {
  const flood = labelOfClass('denial-of-service');
  const victims = new Set<number>();
  for (let row = 0; row < table.length; row++) {
    if (truth.label[row] === flood && crowded[row] === 1) victims.add(table.server[row]);
  }
  const rowsByKey = new Map<string, number[]>();
  for (let row = 0; row < table.length; row++) {
    const label = truth.label[row];
    if (!isAttack(label)) continue;
    const isVictim = label === flood && victims.has(table.server[row]);
    const key = `${label}/${isVictim}/${isVictim ? table.server[row] : table.client[row]}`;
    const rows = rowsByKey.get(key);
    if (rows === undefined) rowsByKey.set(key, [row]);
    else rows.push(row);
  }
  const attacks = [...rowsByKey.values()].map((rows): Attack => {
    rows.sort((a, b) => table.window[a] - table.window[b]);
    const label = truth.label[rows[0]];
    const isVictim = label === flood && victims.has(table.server[rows[0]]);
    return {
      label: LABELS[label] as AttackLabel,
      actor: isVictim ? table.server[rows[0]] : table.client[rows[0]],
      isVictim,
      rows,
      onset: rows.reduce((least, row) => Math.min(least, truth.onset[row]), Number.POSITIVE_INFINITY),
    };
  });
  return attacks.sort((a, b) => a.onset - b.onset || a.label.localeCompare(b.label) || a.actor - b.actor);
}

/** When an attack was noticed first, and as what. */
export interface Notice {
  readonly found: boolean;
  /** Classes it was noticed as instead, when it was not found. */
  readonly takenFor: readonly string[];
  /** Seconds from onset to the end of the first window that tells; `null` when not found. */
  readonly delaySeconds: number | null;
}

/** What is said of an attack, given what each of its conversations was noticed as; any class finds an attack of no class. */
export function noticeOf(attack: Attack, table: ScoreTable, noticedAs: (row: number) => Iterable<string>): Notice {
  const takenFor = new Set<string>();
  for (const row of attack.rows) {
    for (const name of noticedAs(row)) {
      if (name === attack.label || attack.label === 'other-attack') {
        return { found: true, takenFor: [], delaySeconds: table.window[row] + windowSeconds - attack.onset };
      }
      takenFor.add(name);
    }
  }
  return { found: false, takenFor: [...takenFor].sort(), delaySeconds: null };
}
