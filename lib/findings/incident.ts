/**
 * Signals become incidents: one per class, actor and scope, over a run of windows. Windows belong to one run when at most one
 * silent window lies between them, since a slow attacker and a ten-minute aggregation interval both leave holes; what is a state is told once
 * a day. Other attacks have nothing in common, so each of their types is an incident of its own.
 */
import { REST_ADDRESS } from '../conversations/overflow.ts';
import type { AttackClass, Signal } from '../detectors/detector.ts';
import { windowSeconds } from '../limits.ts';

export interface Incident {
  readonly class: AttackClass;
  readonly actor: number;
  readonly actorIsVictim: boolean;
  readonly scope: number;
  readonly windows: readonly number[];
  /** Positions of its conversations, each once, in order. */
  readonly positions: readonly number[];
  /** Finding types that detectors have named. */
  readonly named: ReadonlySet<string>;
  /** Start of its first window, or of its day (UTC) where it is a state: what its identity is made of. */
  readonly began: number;
  /** What the first detector measured that measures by itself. */
  readonly observed: Signal['observed'];
  readonly expected: Signal['expected'];
  /** Whether one of its signals is enough for a finding. */
  readonly suffices: boolean;
  /** Names of the detectors that saw it, in the order of the list of detectors. */
  readonly witnesses: readonly string[];
}

const GAP_SECONDS = 2 * windowSeconds;
const DAY_SECONDS = 86_400;

/** Incidents in order of first window, then class, then actor: the same whatever the order of signals. */
export function incidents(signals: ReadonlyMap<string, readonly Signal[]>): Incident[] {
  const byActor = new Map<string, { signal: Signal; witness: string }[]>();
  for (const [witness, raised] of signals) {
    for (const signal of raised) {
      // Rest rows have forgotten the strangers among their hosts: there is nobody to tell about.
      if (signal.actor === REST_ADDRESS) continue;
      const kind = signal.class === 'other-attack' ? signal.type : signal.class;
      const key = `${kind}/${signal.actor}/${signal.actorIsVictim}/${signal.scope}`;
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
    if (last !== undefined && isBreak(last.signal, entry.signal)) {
      found.push(incidentOf(run, order));
      run = [];
    }
    run.push(entry);
  }
  found.push(incidentOf(run, order));
  return found;
}

/** Whether the second signal, which is not the earlier one, begins another incident. */
function isBreak(a: Signal, b: Signal): boolean {
  return a.isState === true ? dayOf(a) !== dayOf(b) : b.window - a.window > GAP_SECONDS;
}

const dayOf = ({ window }: Signal) => Math.floor(window / DAY_SECONDS);

function incidentOf(run: readonly { signal: Signal; witness: string }[], order: readonly string[]): Incident {
  const { class: name, actor, actorIsVictim, scope } = run[0].signal;
  const witnesses = new Set(run.map(({ witness }) => witness));
  const measuring = run.find(({ signal }) => signal.observed !== undefined)?.signal;
  return {
    class: name,
    actor,
    actorIsVictim,
    scope,
    windows: [...new Set(run.map(({ signal }) => signal.window))],
    positions: [...new Set(run.flatMap(({ signal }) => signal.positions))].sort((a, b) => a - b),
    named: new Set(run.flatMap(({ signal }) => signal.type ?? [])),
    began: run[0].signal.isState === true ? dayOf(run[0].signal) * DAY_SECONDS : run[0].signal.window,
    observed: measuring?.observed,
    expected: measuring?.expected,
    suffices: run.some(({ signal }) => signal.suffices),
    witnesses: order.filter((witness) => witnesses.has(witness)),
  };
}
