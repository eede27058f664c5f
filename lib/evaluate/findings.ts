/**
 * Findings against labels.
 *
 * A finding covers the conversations from its first to its last window between its actors and its targets on its services; a list that the
 * finding gives in part only (a flood by thousands) sets no bound. It is true when one of them is labelled with its class, misnamed when
 * another attack is among them, else false: benign, or unlabelled when all of them are. A finding that covers none is unmatched: it comes
 * from other logs, or from more of them than were scored.
 */
import type { AttackClass } from '../detectors/detector.ts';
import { serviceName } from '../findings/explain.ts';
import { windowSeconds } from '../limits.ts';
import { CLASSES } from '../model/manifest.ts';
import type { ScoreTable } from './score-table.ts';
import { isAttack, labelOfClass, type Truth, UNLABELLED } from './truth.ts';

/** What of a finding is judged. */
export interface JudgedFinding {
  readonly id: string;
  readonly class: AttackClass;
  readonly title: string;
  /** Address codes; `undefined` when the finding lists a part of them. */
  readonly actors?: readonly number[];
  readonly hosts?: readonly number[];
  readonly services?: ReadonlySet<string>;
  /** Start of its first and last window, Unix seconds. */
  readonly firstWindow: number;
  readonly lastWindow: number;
}

const FOUND_CLASSES: readonly AttackClass[] = [...CLASSES.filter((name) => name !== 'benign'), 'other-attack'];

export const OUTCOMES = ['true', 'misnamed', 'benign', 'unlabelled', 'unmatched'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The findings in the JSON of `flowtrap detect`; throws, naming place, what was got and what is expected. */
export function parseFindings(text: string, parseAddress: (address: string) => number): JudgedFinding[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`the findings are not JSON: ${(cause as Error).message}`, { cause });
  }
  const list = (value as { findings?: unknown } | null)?.findings;
  if (!Array.isArray(list)) {
    throw new Error('the findings have no list "findings", expected the output of flowtrap detect --format json');
  }
  return list.map((finding, i) => parseFinding(new Part(finding, `findings[${i}]`), parseAddress));
}

function parseFinding(finding: Part, parseAddress: (address: string) => number): JudgedFinding {
  const targets = finding.part('targets');
  const name = finding.text('class');
  if (!FOUND_CLASSES.includes(name as AttackClass)) throw finding.refusal('class', FOUND_CLASSES.join(', '));
  const address = (host: Part) => parseAddress(host.text('address'));
  const actors = finding.list('actors');
  const hosts = targets.list('hosts');
  const services = targets.list('services');
  return {
    id: finding.text('id'),
    class: name as AttackClass,
    title: finding.text('title'),
    actors: finding.count('actorCount') > actors.length ? undefined : actors.map(address),
    hosts: targets.count('hostCount') > hosts.length ? undefined : hosts.map(address),
    services:
      targets.count('serviceCount') > services.length ? undefined : new Set(services.map((part) => part.asText())),
    firstWindow: windowAt(finding.seconds('firstSeen')),
    lastWindow: windowAt(finding.seconds('lastSeen')),
  };
}

const windowAt = (seconds: number) => Math.floor(seconds / windowSeconds) * windowSeconds;

/** A piece of foreign JSON that knows where it stands. */
class Part {
  readonly #value: unknown;
  readonly #place: string;

  constructor(value: unknown, place: string) {
    this.#value = value;
    this.#place = place;
  }

  part(key: string): Part {
    const held = typeof this.#value === 'object' && this.#value !== null && Object.hasOwn(this.#value, key);
    return new Part(held ? (this.#value as Record<string, unknown>)[key] : undefined, `${this.#place}.${key}`);
  }

  text(key: string): string {
    return this.part(key).asText();
  }

  asText(): string {
    if (typeof this.#value !== 'string') throw this.#refusal('a text');
    return this.#value;
  }

  count(key: string): number {
    const part = this.part(key);
    if (!Number.isInteger(part.#value)) throw part.#refusal('a whole number');
    return part.#value as number;
  }

  list(key: string): Part[] {
    const part = this.part(key);
    if (!Array.isArray(part.#value)) throw part.#refusal('a list');
    return part.#value.map((value, i) => new Part(value, `${part.#place}[${i}]`));
  }

  seconds(key: string): number {
    const milliseconds = Date.parse(this.text(key));
    if (Number.isNaN(milliseconds)) throw this.refusal(key, 'an ISO 8601 time');
    return milliseconds / 1_000;
  }

  refusal(key: string, expected: string): Error {
    return this.part(key).#refusal(expected);
  }

  #refusal(expected: string): Error {
    const got = JSON.stringify(this.#value)?.slice(0, 80) ?? 'nothing';
    return new Error(`${this.#place} is ${got}, expected ${expected}`);
  }
}

/** Finds the conversations that findings cover. */
export class Coverage {
  readonly #table: ScoreTable;
  /** Positions by address code, in order of window, of the addresses that findings name. */
  readonly #byClient: Map<number, number[]>;
  readonly #byServer: Map<number, number[]>;

  constructor(table: ScoreTable, findings: readonly JudgedFinding[]) {
    this.#table = table;
    const order = Array.from({ length: table.length }, (_, row) => row);
    order.sort((a, b) => table.window[a] - table.window[b]);
    this.#byClient = positions(
      order,
      table.client,
      findings.flatMap(({ actors }) => actors ?? []),
    );
    this.#byServer = positions(
      order,
      table.server,
      findings.flatMap(({ hosts }) => hosts ?? []),
    );
  }

  /** Positions of the conversations that a finding covers. */
  rowsOf(finding: JudgedFinding): number[] {
    const { actors, hosts, services, firstWindow, lastWindow } = finding;
    const { window, client, server, service } = this.#table;
    const clients = actors && new Set(actors);
    const servers = hosts && new Set(hosts);
    const found: number[] = [];
    for (const rows of this.#candidates(finding)) {
      for (let i = firstFrom(rows, window, firstWindow); i < rows.length && window[rows[i]] <= lastWindow; i++) {
        const row = rows[i];
        if (clients?.has(client[row]) === false || servers?.has(server[row]) === false) continue;
        if (services?.has(serviceName(service[row])) !== false) found.push(row);
      }
    }
    return found;
  }

  #candidates({ actors, hosts }: JudgedFinding): number[][] {
    if (actors !== undefined) return [...new Set(actors)].map((code) => this.#byClient.get(code) ?? []);
    return [...new Set(hosts)].map((code) => this.#byServer.get(code) ?? []);
  }
}

function positions(order: readonly number[], column: Uint32Array, wanted: readonly number[]): Map<number, number[]> {
  const lists = new Map(wanted.map((code): [number, number[]] => [code, []]));
  for (const row of order) lists.get(column[row])?.push(row);
  return lists;
}

/** Place of the first position whose window is not before `start`. */
function firstFrom(rows: readonly number[], window: Uint32Array, start: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (window[rows[middle]] < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a finding of the class turns out to be. */
export function outcomeOf(name: AttackClass, rows: readonly number[], { label }: Truth): Outcome {
  if (rows.length === 0) return 'unmatched';
  const own = labelOfClass(name);
  if (rows.some((row) => label[row] === own)) return 'true';
  if (rows.some((row) => isAttack(label[row]))) return 'misnamed';
  return rows.every((row) => label[row] === UNLABELLED) ? 'unlabelled' : 'benign';
}
