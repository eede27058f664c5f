/**
 * Hash index over rows: open addressing, each slot the hash and the row beside it, so that a probe touches a row only when its
 * hash fits.
 */
export class RowIndex {
  #slots = new Uint32Array(2 * 2_048);

  /** Makes room for `rows` rows at a load of at most one half, and forgets all entries. */
  reset(rows: number): void {
    let slots = 2_048;
    while (slots < rows * 2) slots *= 2;
    this.#slots = new Uint32Array(slots * 2);
  }

  /** Rows it can hold before `reset` is due. */
  get capacity(): number {
    return this.#slots.length >> 2;
  }

  enter(hash: number, row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash << 1) & mask;
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
    slots[slot] = hash;
    slots[slot + 1] = row + 1;
  }

  /** The row in the first slot of each hash, −1 where that slot holds another hash or none. */
  guess(hashes: Uint32Array, rows: Int32Array, count: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let i = 0; i < count; i++) {
      const slot = (hashes[i] << 1) & mask;
      rows[i] = slots[slot] === hashes[i] ? slots[slot + 1] - 1 : -1;
    }
  }

  /** First row with this hash at or after slot `from`, as slot number; −1 when there is none. Start at `hash << 1`. */
  next(hash: number, from: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = from & mask;
    while (slots[slot + 1] !== 0) {
      if (slots[slot] === hash) return slot;
      slot = (slot + 2) & mask;
    }
    return -1;
  }

  row(slot: number): number {
    return this.#slots[slot + 1] - 1;
  }
}
