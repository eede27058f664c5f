/**
 * A small seeded random source: sfc32 by Chris Doty-Humphrey (PractRand 0.94, 128 bits of state), seeded through
 * FNV-1a (Fowler, Noll, Vo) and the finaliser of MurmurHash3 (Austin Appleby).
 *
 * A fork depends on the parent's key and a name only, never on how many numbers were drawn: a behaviour that is
 * added or removed leaves the draws of all others as they were.
 */
export class Random {
  readonly #key: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal: number | undefined;

  constructor(key: string | number) {
    this.#key = String(key);
    this.#a = hash(`${this.#key}/a`);
    this.#b = hash(`${this.#key}/b`);
    this.#c = hash(`${this.#key}/c`);
    // The author's advice: twelve rounds part states whose seeds lie close together.
    for (let round = 0; round < 12; round++) this.#next();
  }

  fork(name: string | number): Random {
    return new Random(`${this.#key}/${name}`);
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.#next() / 4_294_967_296);
  }

  /** Uniform whole number in [low, high], both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Normal by the polar method of Marsaglia (1964). */
  normal(mean = 0, deviation = 1): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return mean + deviation * spare;
    }
    let x = 0;
    let y = 0;
    let square = 0;
    do {
      x = this.uniform(-1, 1);
      y = this.uniform(-1, 1);
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    this.#spareNormal = y * scale;
    return mean + deviation * x * scale;
  }

  /** Log-normal given by its median and the deviation of the logarithm. */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(this.normal(0, sigma));
  }

  /** Uniform on a logarithmic scale in [low, high): every order of magnitude is as likely as the next. */
  logUniform(low: number, high: number): number {
    return Math.exp(this.uniform(Math.log(low), Math.log(high)));
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Pareto of type I: heavy tail above `minimum`, cut at `maximum`. */
  pareto(minimum: number, shape: number, maximum = Number.POSITIVE_INFINITY): number {
    return Math.min(maximum, minimum / (1 - this.uniform()) ** (1 / shape));
  }

  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('choice from an empty list: give at least one item');
    return items[Math.floor(this.uniform() * items.length)]!;
  }

  /** One of the items, each as likely as its weight says. */
  weighted<T>(items: readonly (readonly [T, number])[]): T {
    let rest = this.uniform(
      0,
      items.reduce((sum, [, weight]) => sum + weight, 0),
    );
    for (const [item, weight] of items) {
      rest -= weight;
      if (rest < 0) return item;
    }
    return items.at(-1)![0];
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [copy[i], copy[j]] = [copy[j]!, copy[i]!];
    }
    return copy;
  }

  /** At most `count` different items in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    return this.shuffle(items).slice(0, Math.max(0, Math.round(count)));
  }

  /** Lower-case hexadecimal digits, as in the identifiers of AWS resources. */
  hexadecimal(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.#next().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
