/**
 * Signals become incidents: one per class, actor and scope, over a run of windows. Windows belong to one run when at most one
 * silent window lies between them, since a slow attacker and a ten-minute aggregation interval both leave holes.
 */
import { REST_ADDRESS } from '../conversations/overflow.ts';
import type { Signal } from '../detectors/detector.ts';
import { windowSeconds } from '../limits.ts';

export interface Incident {
  readonly class: Signal['class'];
  readonly actor: number;
  readonly actorIsVictim: boolean;
  readonly scope: number;
  readonly windows: readonly number[];
  /** Positions of its conversations, each once, in order. */
  readonly positions: readonly number[];
  /** Whether one of its signals is enough for a finding. */
  readonly suffices: boolean;
  /** Names of the detectors that saw it, in the order of the list of detectors. */
  readonly witnesses: readonly string[];
}

const GAP_SECONDS = 2 * windowSeconds;

/** Incidents in order of first window, then class, then actor: the same whatever the order of signals. */
export function incidents(signals: ReadonlyMap<string, readonly Signal[]>): Incident[] {
  const byActor = new Map<string, { signal: Signal; witness: string }[]>();
  for (const [witness, raised] of signals) {
    for (const signal of raised) {
      // Rest rows have forgotten the strangers among their hosts: there is nobody to tell about.
      if (signal.actor === REST_ADDRESS) continue;
      const key = `${signal.class}/${signal.actor}/${signal.actorIsVictim}/${signal.scope}`;
      const list = byActor.get(key);
      if (list === undefined) byActor.set(key, [{ signal, witness }]);
      else list.push({ signal, witness });
    }
  }
  const found = [...byActor.values()].flatMap((list) => runs(list, [...signals.keys()]));
  return found.sort(
    (a, b) =>
      a.windows[0] - b.windows[0] ||
      a.class.localeCompare(b.class) ||
      a.actor - b.actor ||
      a.scope - b.scope ||
      Number(a.actorIsVictim) - Number(b.actorIsVictim),
  );
}

function runs(list: { signal: Signal; witness: string }[], order: readonly string[]): Incident[] {
  list.sort((a, b) => a.signal.window - b.signal.window);
  const found: Incident[] = [];
  let run: typeof list = [];
  for (const entry of list) {
    const last = run.at(-1);
    if (last !== undefined && entry.signal.window - last.signal.window > GAP_SECONDS) {
      found.push(incidentOf(run, order));
      run = [];
    }
    run.push(entry);
  }
  found.push(incidentOf(run, order));
  return found;
}

function incidentOf(run: readonly { signal: Signal; witness: string }[], order: readonly string[]): Incident {
  const { class: name, actor, actorIsVictim, scope } = run[0].signal;
  const witnesses = new Set(run.map(({ witness }) => witness));
  return {
    class: name,
    actor,
    actorIsVictim,
    scope,
    windows: [...new Set(run.map(({ signal }) => signal.window))],
    positions: [...new Set(run.flatMap(({ signal }) => signal.positions))].sort((a, b) => a - b),
    suffices: run.some(({ signal }) => signal.suffices),
    witnesses: order.filter((witness) => witnesses.has(witness)),
  };
}
