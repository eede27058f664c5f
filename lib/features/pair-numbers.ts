/** Assigns numbers to pairs of 32-bit words, counting up from 0. */
export class PairNumbers {
  #slots: Int32Array;
  #first: Uint32Array;
  #second: Uint32Array;
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
    const slots = this.#slots;
    const mask = slots.length - 1;
    const mixed = Math.imul(first, 0x85eb_ca6b) ^ Math.imul(second, 0xc2b2_ae35);
    let slot = (Math.imul(mixed ^ (mixed >>> 15), 0x27d4_eb2f) >>> 7) & mask;
    for (let entry = slots[slot]; entry !== 0; entry = slots[slot]) {
      if (this.#first[entry - 1] === first && this.#second[entry - 1] === second) return entry - 1;
      slot = (slot + 1) & mask;
    }
    this.#first[this.size] = first;
    this.#second[this.size] = second;
    slots[slot] = ++this.size;
    return this.size - 1;
  }
}
