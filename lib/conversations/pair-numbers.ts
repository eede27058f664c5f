/** Pairs looked up together: few enough for a core's first cache. */
const BLOCK = 1_024;

/** Assigns numbers to pairs of 32-bit words, counting up from 0. */
export class PairNumbers {
  readonly #slots: Int32Array;
  readonly #first: Uint32Array;
  readonly #second: Uint32Array;
  size = 0;

  constructor(most: number) {
    let slots = 1_024;
    while (slots < most * 2) slots *= 2;
    this.#slots = new Int32Array(slots);
    this.#first = new Uint32Array(most);
    this.#second = new Uint32Array(most);
  }

  /** Number of the pair; the former `size` when it is new. */
  number(first: number, second: number): number {
    const slot = this.#slotOf(first, second);
    if (this.#slots[slot] !== 0) return this.#slots[slot] - 1;
    this.#first[this.size] = first;
    this.#second[this.size] = second;
    this.#slots[slot] = ++this.size;
    return this.size - 1;
  }

  /** Whether the pair has a number. */
  has(first: number, second: number): boolean {
    return this.#slots[this.#slotOf(first, second)] !== 0;
  }

  /** The slot of the pair, or the free one where it would stand. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = homeOf(first, second) & mask;
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      if (this.#first[entry - 1] === first && this.#second[entry - 1] === second) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /**
   * Numbers of the pairs of two columns, in order. Most known pairs stand at the first place looked at: those are looked for in loops so short that
   * the processor waits for many at once.
   */
  numberAll(first: Uint32Array, second: Uint32Array): Uint32Array {
    const numbers = new Uint32Array(first.length);
    const guesses = new Int32Array(Math.min(BLOCK, first.length));
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let from = 0; from < first.length; from += BLOCK) {
      const to = Math.min(first.length, from + BLOCK);
      for (let i = from; i < to; i++) guesses[i - from] = slots[homeOf(first[i], second[i]) & mask] - 1;
      for (let i = from; i < to; i++) {
        const guess = guesses[i - from];
        const fits = guess >= 0 && this.#first[guess] === first[i] && this.#second[guess] === second[i];
        numbers[i] = fits ? guess : this.number(first[i], second[i]);
      }
    }
    return numbers;
  }
}

/** Where a pair is looked for first. */
function homeOf(first: number, second: number): number {
  const mixed = Math.imul(first, 0x85eb_ca6b) ^ Math.imul(second, 0xc2b2_ae35);
  return Math.imul(mixed ^ (mixed >>> 15), 0x27d4_eb2f) >>> 7;
}
