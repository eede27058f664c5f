/** Yields the time, in Unix seconds, at which it wants to go on; what it does in between happens at that time. */
export type Activity = Generator<number, void, void>;

interface Entry {
  time: number;
  readonly order: number;
  readonly activity: Activity;
}

/** Activities in order of time: a binary heap, ties in the order of arrival. */
export class Schedule {
  readonly #heap: Entry[] = [];
  #order = 0;
  #now = Number.NEGATIVE_INFINITY;

  /** Starts an activity, not before the present. */
  add(time: number, activity: Activity): void {
    // The running activity stays at the root until its step is over, so nothing may be placed before it.
    this.#heap.push({ time: Math.max(time, this.#now), order: this.#order++, activity });
    this.#rise(this.#heap.length - 1);
  }

  /** Runs everything due before `until`. */
  run(until: number): void {
    while (this.#heap.length > 0 && this.#heap[0]!.time < until) {
      const entry = this.#heap[0]!;
      this.#now = entry.time;
      const step = entry.activity.next();
      // A step of zero would never end; the shortest is a microsecond.
      if (!step.done) entry.time = Math.max(step.value, entry.time + 1e-6);
      else if (this.#heap.length > 1) this.#heap[0] = this.#heap.pop()!;
      else this.#heap.pop();
      this.#sink();
    }
  }

  #rise(index: number): void {
    const heap = this.#heap;
    let child = index;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (before(heap[parent]!, heap[child]!)) return;
      [heap[parent], heap[child]] = [heap[child]!, heap[parent]!];
      child = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
      }
      if (least === parent) return;
      [heap[parent], heap[least]] = [heap[least]!, heap[parent]!];
      parent = least;
    }
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
