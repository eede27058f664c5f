/**
 * Brings flows into the order of their starts as far as a bounded memory can: a binary heap that, once full, gives its earliest flow
 * for each one it takes. Flows of the same start stay in the order they came.
 */
export class StartOrder<T extends { readonly startSeconds: number }> {
  readonly #most: number;
  /** `#keys[i]` and `#numbers[i]` belong to `#flows[i]`; each parent comes before its children at 2i + 1 and 2i + 2. */
  readonly #keys: Float64Array;
  readonly #numbers: Float64Array;
  readonly #flows: (T | undefined)[] = [];
  #size = 0;
  #number = 0;

  constructor(most: number) {
    this.#most = most;
    this.#keys = new Float64Array(most + 1);
    this.#numbers = new Float64Array(most + 1);
  }

  /** Takes a flow; gives the earliest when there are more than fit. */
  push(flow: T): T | undefined {
    let at = this.#size++;
    const number = this.#number++;
    const key = flow.startSeconds;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      // A newcomer has the highest number: only a smaller key passes a parent.
      if (this.#keys[parent] <= key) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#place(at, key, number, flow);
    return this.#size > this.#most ? this.#pop() : undefined;
  }

  /** The flows that are left, earliest first. */
  *drain(): Generator<T> {
    while (this.#size > 0) yield this.#pop();
  }

  #pop(): T {
    const first = this.#flows[0]!;
    const last = --this.#size;
    const key = this.#keys[last];
    const number = this.#numbers[last];
    const flow = this.#flows[last]!;
    this.#flows[last] = undefined;
    if (last === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#before(child + 1, child)) child++;
      if (!this.#precedes(child, key, number)) break;
      this.#move(child, at);
      at = child;
    }
    this.#place(at, key, number, flow);
    return first;
  }

  #before(a: number, b: number): boolean {
    return this.#precedes(a, this.#keys[b], this.#numbers[b]);
  }

  #precedes(at: number, key: number, number: number): boolean {
    return this.#keys[at] < key || (this.#keys[at] === key && this.#numbers[at] < number);
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#keys[from], this.#numbers[from], this.#flows[from]!);
  }

  #place(at: number, key: number, number: number, flow: T): void {
    this.#keys[at] = key;
    this.#numbers[at] = number;
    this.#flows[at] = flow;
  }
}
