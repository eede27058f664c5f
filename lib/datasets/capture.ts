/**
 * Packet captures: pcap in both byte orders and both resolutions, and pcapng. Each packet is a flow of its own, in one direction; the
 * windows put them together as a flow log does.
 *
 * Fragments after the first have no ports; they get those of the first where it was seen shortly before, else 0 (what AWS writes is not
 * documented).
 */
import { fragmentsHeldMax, timeSecondsMax } from '../limits.ts';
import { type Container, FILE_HEAD_BYTES, isPcapng, Pcap, Pcapng, type TakeFrame } from './container.ts';
import type { Flow, FlowSink } from './flow.ts';
import type { FlowReader } from './lines.ts';
import { type Packet, parseFrame } from './packet.ts';
import { type ConversionReport, type DropReason, WrongFormat } from './report.ts';

export class CaptureReader implements FlowReader {
  readonly #source: string;
  readonly #report: ConversionReport;
  readonly #sink: FlowSink;
  readonly #fragments = new Map<string, { readonly sourcePort: number; readonly destinationPort: number }>();
  #buffer = new Uint8Array(0);
  #container: Container | undefined;
  #packets = 0;

  constructor(source: string, report: ConversionReport, sink: FlowSink) {
    this.#source = source;
    this.#report = report;
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    // A copy even of a piece by itself: the memory of pieces is used again.
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);
    let at = 0;
    if (this.#container === undefined) {
      if (view.byteLength < FILE_HEAD_BYTES) return;
      const take: TakeFrame = (...frame) => this.#take(...frame);
      this.#container = isPcapng(view) ? new Pcapng(take) : new Pcap(view, take);
      at = isPcapng(view) ? 0 : FILE_HEAD_BYTES;
    }
    const container = this.#container;
    while (at + container.headBytes <= view.byteLength) {
      const size = container.sizeAt(view, at);
      if (at + size > view.byteLength) break;
      container.read(view, at, size);
      at += size;
    }
    this.#buffer = this.#buffer.subarray(at);
  }

  finish(): string | undefined {
    if (this.#container === undefined)
      throw new WrongFormat(`${this.#buffer.length} bytes are no capture, expected pcap or pcapng`);
    if (this.#buffer.length === 0) return undefined;
    return `the capture is cut after packet ${this.#packets}: ${this.#buffer.length} bytes are left that are no whole record`;
  }

  #take(frame: DataView, seconds: number | undefined, linkType: number, originalBytes: number): void {
    this.#packets++;
    this.#report.rows++;
    const hasTime = seconds !== undefined && seconds >= 0 && seconds <= timeSecondsMax;
    const packet = hasTime ? parseFrame(frame, linkType, originalBytes) : 'time';
    if (typeof packet === 'string') this.#drop(packet);
    else this.#sink(this.#flowOf(packet, seconds!));
  }

  #drop(reason: DropReason): void {
    this.#report.drop(reason, { source: this.#source, line: this.#packets, column: 'packet', value: '' });
  }

  #flowOf(packet: Packet, startSeconds: number): Flow {
    const { source, destination, protocol, bytes, flags, fragment } = packet;
    const { sourcePort, destinationPort } = fragment === undefined ? packet : this.#portsOf(packet, fragment);
    const forward = { packets: 1, bytes, flags };
    return { startSeconds, durationSeconds: 0, source, destination, sourcePort, destinationPort, protocol, forward };
  }

  #portsOf(packet: Packet, { key, isFirst }: NonNullable<Packet['fragment']>) {
    if (!isFirst) return this.#fragments.get(key) ?? packet;
    if (this.#fragments.size >= fragmentsHeldMax) this.#fragments.clear();
    this.#fragments.set(key, { sourcePort: packet.sourcePort, destinationPort: packet.destinationPort });
    return packet;
  }
}
