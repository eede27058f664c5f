/**
 * A track over rows in memory.
 */
import type { AttackClass } from '../detectors/detector.ts';
import { serviceName } from '../findings/explain.ts';
import type { Evidence, Host } from '../findings/finding.ts';
import { windowsIn } from './hours.ts';
import { contactMoments, longestPresence } from './moments.ts';
import type { Presence, Track, TrackHours } from './track.ts';
import { FOREST_CLASSES, N, NUMBERS, T, TEXTS, type TrackRows } from './track-rows.ts';

/** Totals are added up once, series and times are made when asked for: most tracks are looked at only to be passed over. */
export class StoredTrack implements Track {
  readonly client: Host;
  readonly server: Host;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  readonly flows: number;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly windows: number;
  readonly failedWindows: number;
  readonly answered: boolean;
  readonly #rows: TrackRows;
  readonly #members: readonly number[];

  constructor(rows: TrackRows, members: readonly number[], client: Host, server: Host) {
    this.#rows = rows;
    this.#members = members;
    this.client = client;
    this.server = server;
    this.flows = this.#sum(N.flows);
    this.packetsSent = this.#sum(N.packetsSent);
    this.packetsReceived = this.#sum(N.packetsReceived);
    this.bytesSent = this.#sum(N.bytesSent);
    this.bytesReceived = this.#sum(N.bytesReceived);
    const values = (number: number) => members.map((row) => rows.numbers[row * NUMBERS + number]);
    this.firstSeconds = Math.min(...values(N.first));
    this.lastSeconds = Math.max(...values(N.last));
    this.windows = values(N.windows).reduce((sum, mask) => sum + windowsIn(mask), 0);
    this.failedWindows = values(N.failedWindows).reduce((sum, mask) => sum + windowsIn(mask), 0);
    this.answered = values(N.answeredWindows).some((mask) => mask !== 0);
  }

  get port(): number {
    return this.#first(N.port);
  }

  get protocol(): number {
    return this.#first(N.protocol);
  }

  get service(): string {
    return serviceName(((this.protocol << 16) | this.port) >>> 0);
  }

  get interfaceId(): string {
    return this.#text(T.interfaceId);
  }

  get account(): string {
    return this.#text(T.account);
  }

  get failedFlows(): number {
    return this.#sum(N.failedFlows);
  }

  get opens(): number {
    return this.#sum(N.opens);
  }

  get hours(): TrackHours {
    return {
      starts: this.#series(N.hour, Uint32Array),
      windows: this.#series(N.windows, Uint16Array),
      failedWindows: this.#series(N.failedWindows, Uint16Array),
      flows: this.#series(N.flows, Uint32Array),
      failedFlows: this.#series(N.failedFlows, Uint32Array),
      packetsSent: this.#series(N.packetsSent, Float64Array),
      packetsReceived: this.#series(N.packetsReceived, Float64Array),
      bytesSent: this.#series(N.bytesSent, Float64Array),
      bytesReceived: this.#series(N.bytesReceived, Float64Array),
    };
  }

  get moments(): Uint32Array {
    return contactMoments(this.#rows, this.#members);
  }

  get presence(): Presence {
    return longestPresence(this.#rows, this.#members);
  }

  get bytesOctavesMean(): number {
    return this.#octaves(N.bytesLogSum, N.bytesLogSquares).mean;
  }

  get bytesOctavesDeviation(): number {
    return this.#octaves(N.bytesLogSum, N.bytesLogSquares).deviation;
  }

  get packetsOctavesMean(): number {
    return this.#octaves(N.packetsLogSum, N.packetsLogSquares).mean;
  }

  get packetsOctavesDeviation(): number {
    return this.#octaves(N.packetsLogSum, N.packetsLogSquares).deviation;
  }

  get durationSecondsMean(): number {
    return this.flows > 0 ? this.#sum(N.durationSum) / this.flows : 0;
  }

  get probabilities(): Partial<Record<AttackClass, number>> {
    return Object.fromEntries(
      FOREST_CLASSES.map((name, index) => [name, Math.max(...this.#numbers(N.probabilities + index))]),
    );
  }

  get evidence(): Evidence[] {
    const { texts, textNumbers, numbers } = this.#rows;
    const [first, last] = [this.#members[0], this.#members.at(-1)!];
    return [...new Set([first, last])].map((row) => ({
      source: texts[textNumbers[row * TEXTS + T.source]],
      ordinal: numbers[row * NUMBERS + N.ordinal],
    }));
  }

  #numbers(number: number): number[] {
    return this.#members.map((row) => this.#rows.numbers[row * NUMBERS + number]);
  }

  #sum(number: number): number {
    let sum = 0;
    for (const row of this.#members) sum += this.#rows.numbers[row * NUMBERS + number];
    return sum;
  }

  #first(number: number): number {
    return this.#rows.numbers[this.#members[0] * NUMBERS + number];
  }

  #text(text: number): string {
    return this.#rows.texts[this.#rows.textNumbers[this.#members[0] * TEXTS + text]];
  }

  #series<A>(number: number, array: { from(values: number[]): A }): A {
    return array.from(this.#numbers(number));
  }

  /** Logs are kept in sixteenths of octaves. */
  #octaves(sum: number, squares: number): { mean: number; deviation: number } {
    if (this.flows === 0) return { mean: 0, deviation: 0 };
    const mean = this.#sum(sum) / this.flows;
    return { mean: mean / 16, deviation: Math.sqrt(Math.max(0, this.#sum(squares) / this.flows - mean * mean)) / 16 };
  }
}
