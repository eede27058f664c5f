import { TCP_FLAG } from '../flowlog/fields.ts';
import type { Random } from './random.ts';
import type { Way } from './route.ts';
import type { Traffic } from './traffic.ts';
import { drawHabit, established, type Habit, type Work } from './volume.ts';

/** A TCP connection that lives on: work comes in portions, and each window logs what fell into it. */
export class Session {
  readonly #traffic: Traffic;
  readonly #random: Random;
  readonly #up: Way;
  readonly #down: Way;
  readonly #habit: Habit;

  constructor(traffic: Traffic, random: Random, up: Way, down: Way) {
    this.#traffic = traffic;
    this.#random = random;
    this.#up = up;
    this.#down = down;
    this.#habit = drawHabit(random, traffic.network);
  }

  open(at: number): void {
    const client = this.#up.from.stack;
    const server = this.#up.to.stack;
    const sent = { first: at, last: at, firstFlags: TCP_FLAG.syn };
    this.#traffic.send(this.#up, { ...sent, packets: 2, bytes: client.synBytes + client.ackBytes });
    const flags = TCP_FLAG.syn | TCP_FLAG.ack;
    this.#traffic.send(this.#down, { ...sent, packets: 1, bytes: server.synAckBytes, firstFlags: flags });
  }

  /** Work that takes the given seconds, evenly spread. */
  work(at: number, seconds: number, work: Work): void {
    const { network } = this.#traffic;
    const volume = established(this.#random, network, this.#up.from, this.#up.to, work, this.#habit);
    const last = at + seconds;
    if (volume.up.packets > 0) this.#traffic.send(this.#up, { first: at, last, ...volume.up });
    if (volume.down.packets > 0) this.#traffic.send(this.#down, { first: at, last, ...volume.down });
  }

  /** One bare acknowledgement each way, as TCP keepalive sends. */
  keepalive(at: number): void {
    const burst = { first: at, last: at, packets: 1 };
    this.#traffic.send(this.#up, { ...burst, bytes: this.#up.from.stack.ackBytes });
    this.#traffic.send(this.#down, { ...burst, bytes: this.#up.to.stack.ackBytes });
  }

  close(at: number): void {
    const last = { first: at, last: at, firstFlags: TCP_FLAG.fin };
    this.#traffic.send(this.#up, { ...last, packets: 2, bytes: 2 * this.#up.from.stack.ackBytes });
    this.#traffic.send(this.#down, { ...last, packets: 1, bytes: this.#up.to.stack.ackBytes });
  }
}
