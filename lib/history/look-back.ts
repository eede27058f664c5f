/**
 * The history detectors over the tracks of some hours. Hosts are taken some at a time, by a hash of their address, so that memory does not grow
 * with the network; two rounds are made, since how many hosts call a place must be known before the first of them is judged.
 */
import type { Finding } from '../findings/finding.ts';
import { NetworkSet } from '../flowlog/network.ts';
import { trackRowsMax } from '../limits.ts';
import { baselineEnd, baselineOf, type LearnedDay, learnDay } from './baseline.ts';
import { baselineKey, learnedDays, readBaseline, writeBaseline } from './baseline-file.ts';
import { explainSignal } from './explain.ts';
import { hostsOf } from './hosts.ts';
import { forgetHour, type Hour, type HourOptions, tracksKey } from './hour.ts';
import { DAY_SECONDS, dayOf } from './hours.ts';
import { joinTests } from './join.ts';
import { interfacesOver, Origins, Places } from './network.ts';
import type { OriginDatabase } from './origin-database.ts';
import type { HistoryContext, HistoryDetector } from './signal.ts';
import type { Store } from './store.ts';
import type { Skipped } from './summaries.ts';
import type { HostHistory } from './track.ts';
import { openTracks, type Part } from './track-file.ts';
import { TrackRows } from './track-rows.ts';

export interface LookedBack {
  readonly findings: readonly Finding[];
  readonly hosts: number;
  readonly tracks: number;
  readonly forgotten: number;
  /** Files of tracks and baselines that could not be used. */
  readonly skipped: readonly Skipped[];
}

export interface LookBackOptions extends HourOptions {
  /** The moment that is looked back from, Unix seconds. */
  readonly nowSeconds: number;
  readonly detectors: readonly HistoryDetector[];
  /** What the owner has; none unless told otherwise. */
  readonly originDatabases?: readonly OriginDatabase[];
  /** Rows of tracks held at once, about; `trackRowsMax` unless told otherwise. */
  readonly rowsAtOnce?: number;
}

type Unlearned = Omit<HostHistory, 'baseline'>;

export async function lookBack(store: Store, hours: readonly Hour[], options: LookBackOptions): Promise<LookedBack> {
  return await new LookBack(store, hours, options).run();
}

class LookBack {
  readonly #store: Store;
  readonly #hours: readonly Hour[];
  readonly #options: LookBackOptions;
  readonly #ours: NetworkSet;
  readonly #skipped = new Map<string, Skipped>();
  /** Days of which an hour could not be read: they are learned when it can. */
  readonly #partial = new Set<number>();
  /** By id. */
  readonly #findings = new Map<string, Finding>();

  constructor(store: Store, hours: readonly Hour[], options: LookBackOptions) {
    this.#store = store;
    this.#hours = hours;
    this.#options = options;
    this.#ours = new NetworkSet(options.settings.ourNetworks);
  }

  async run(): Promise<LookedBack> {
    const count = partsOf(this.#hours, this.#options.rowsAtOnce ?? trackRowsMax);
    const places = new Places();
    const origins = new Origins(this.#options.originDatabases ?? []);
    let hosts: Unlearned[] = [];
    for (let index = 0; index < count; index++) {
      hosts = await this.#hosts({ index, count });
      for (const host of hosts) {
        places.add(host);
        origins.add(host);
      }
    }
    const context = this.#context(places, origins);
    const due = await this.#dueDays();
    const sums = { hosts: 0, tracks: 0, forgotten: 0 };
    for (let index = 0; index < count; index++) {
      // A single part is still there.
      if (count > 1) hosts = await this.#hosts({ index, count });
      await this.#judge(hosts, context);
      // One by one: a sweep of our networks makes more hosts than a call may have arguments.
      for (const [day, learned] of due) {
        for (const host of hosts) {
          const known = learnDay(host, day);
          if (known !== undefined) learned.push(known);
        }
      }
      sums.hosts += hosts.length;
      for (const { asClient, asServer, forgotten } of hosts) {
        sums.tracks += asClient.length + asServer.length;
        sums.forgotten += forgotten;
      }
    }
    this.#signals((detector) => detector.detectNetwork?.(context) ?? []);
    await this.#learn(due);
    return { findings: [...this.#findings.values()], ...sums, skipped: [...this.#skipped.values()] };
  }

  /** Hosts of one part, with all their tracks. */
  async #hosts(part: Part): Promise<Unlearned[]> {
    const rows = new TrackRows();
    for (const { start } of this.#hours) {
      await this.#unlessDamaged(tracksKey(start), async () => {
        const stored = await this.#store.read(tracksKey(start));
        if (stored === undefined) throw new Error(`${tracksKey(start)} is gone; its hour is judged again next time`);
        await (await openTracks(tracksKey(start), stored.bytes)).read(part, rows);
      }).catch(async () => {
        this.#partial.add(dayOf(start));
        await forgetHour(this.#store, start);
      });
    }
    return hostsOf(rows, this.#ours);
  }

  async #judge(hosts: readonly Unlearned[], context: HistoryContext): Promise<void> {
    const end = baselineEnd(this.#options.nowSeconds);
    const addresses = new Set(hosts.map(({ host }) => host.address));
    const baselines = await learnedDays(addresses, end, (day) => this.#baseline(day));
    const learned = hosts.map((host) => ({
      ...host,
      baseline: baselineOf(baselines.get(host.host.address) ?? [], end),
    }));
    this.#signals((detector) => detector.detect?.(learned, context) ?? []);
  }

  #signals(detect: (detector: HistoryDetector) => ReturnType<NonNullable<HistoryDetector['detect']>>): void {
    for (const detector of this.#options.detectors) {
      for (const signal of detect(detector)) {
        const finding = explainSignal(signal, detector.name, this.#options.classifier);
        const known = this.#findings.get(finding.id);
        this.#findings.set(finding.id, known === undefined ? finding : joinTests(known, finding));
      }
    }
  }

  async #baseline(day: number) {
    return await this.#unlessDamaged(baselineKey(day), () => readBaseline(this.#store, day)).catch(() => undefined);
  }

  /** Days over that are not learned, or of which more is known than when they were. */
  async #dueDays(): Promise<Map<number, LearnedDay[]>> {
    const due = new Map<number, LearnedDay[]>();
    for (const day of new Set(this.#hours.map(({ start }) => dayOf(start)))) {
      if (day + DAY_SECONDS > this.#options.nowSeconds) continue;
      const known = await this.#baseline(day);
      if (known === undefined || known.conversations < this.#conversationsOf(day)) due.set(day, []);
    }
    return due;
  }

  async #learn(due: ReadonlyMap<number, readonly LearnedDay[]>): Promise<void> {
    for (const [day, days] of due) {
      if (this.#partial.has(day)) continue;
      await this.#store.write(baselineKey(day), writeBaseline({ conversations: this.#conversationsOf(day), days }));
    }
  }

  /** What a day is weighed by. */
  #conversationsOf(day: number): number {
    return this.#hours.reduce((sum, { start, conversations }) => (dayOf(start) === day ? sum + conversations : sum), 0);
  }

  #context(places: Places, origins: Origins): HistoryContext {
    const starts = this.#hours.map(({ start }) => start);
    return {
      ours: this.#ours,
      settings: this.#options.settings,
      nowSeconds: this.#options.nowSeconds,
      beganSeconds: starts[0] ?? this.#options.nowSeconds,
      hours: starts,
      callers: places.callers,
      prevalence: places.prevalence.bind(places),
      originsOf: origins.of.bind(origins),
      callersOf: origins.callers.bind(origins),
      interfaces: interfacesOver(this.#hours),
      skipData: new Map(this.#hours.map(({ start, skipData }) => [start, skipData])),
      unfamiliar: new Map(this.#hours.map(({ start, unfamiliar }) => [start, unfamiliar])),
    };
  }

  /** Notes why a file cannot be used, once, and throws again. */
  async #unlessDamaged<T>(source: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      this.#skipped.set(source, { source, failure: (error as Error).message });
      throw error;
    }
  }
}

/** How many parts all rows of the hours make, none much larger than may be held at once. A power of two, as row groups are. */
function partsOf(hours: readonly Hour[], rowsAtOnce: number): number {
  const rows = hours.reduce((sum, { trackRows }) => sum + trackRows, 0);
  let parts = 1;
  while (parts * rowsAtOnce < rows) parts *= 2;
  return parts;
}
