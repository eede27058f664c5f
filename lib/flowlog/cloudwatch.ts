/**
 * CloudWatch Logs subscription payloads: JSON with the log lines as messages of events. They come decoded, as
 * base64 of gzip (in a Lambda event or bare), and one after another without separators where Firehose has stored them.
 *
 * Every event becomes one line of text for the text reader, so its line number is the number of the event.
 * Source: Amazon CloudWatch Logs User Guide, "Log group-level subscription filters".
 */
import { gunzipSync } from 'node:zlib';
import { payloadBytesMax } from '../limits.ts';
import type { Take } from './unpack.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const BLANK = 32;

/** How base64 of every gzip member begins: bytes 1f 8b 08. */
const PACKED = 'H4sI';

/** Whether the bytes begin as base64 of gzip does. */
export function isPackedPayload(bytes: Uint8Array): boolean {
  return PACKED.split('').every((letter, index) => bytes[index] === letter.charCodeAt(0));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Takes payloads in pieces of any size and hands on the lines of their events. */
export class CloudWatchReader {
  /** Why reading stopped, when it did. */
  failure: string | undefined;
  readonly #lines: Take;
  /** The unfinished payload, `#held` bytes of it, scanned up to `#scanned`. */
  #buffer = new Uint8Array(65_536);
  #held = 0;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  readonly #packed: boolean;

  /** `packed` says whether the payload is base64 of gzip. */
  constructor(lines: Take, packed: boolean) {
    this.#lines = lines;
    this.#packed = packed;
  }

  /** False when reading has stopped. */
  push(bytes: Uint8Array): boolean {
    if (this.#packed) return this.#hold(bytes);
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      if (!this.#closes(bytes[at])) continue;
      if (!this.#hold(bytes.subarray(from, at + 1)) || !this.#payload()) return false;
      from = at + 1;
    }
    return this.#hold(bytes.subarray(from));
  }

  /** Must be called once after the last piece. */
  finish(): void {
    if (this.failure !== undefined) return;
    const rest = decoder.decode(this.#buffer.subarray(0, this.#held)).trim();
    if (rest === '') return;
    if (this.#packed) this.#unpacked(rest);
    else this.failure = 'the JSON is truncated: its last object is not closed; what came before was read';
  }

  /** Takes one byte into account; whether it closes an object that nothing encloses. */
  #closes(byte: number): boolean {
    if (this.#quoted) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#quoted = false;
      return false;
    }
    if (byte === QUOTE) this.#quoted = true;
    else if (byte === OPEN) this.#depth++;
    else if (byte === CLOSE) this.#depth--;
    return byte === CLOSE && this.#depth <= 0;
  }

  #hold(bytes: Uint8Array): boolean {
    const length = this.#held + bytes.length;
    if (length > payloadBytesMax) {
      this.failure = `one CloudWatch Logs payload is larger than ${payloadBytesMax} bytes, reading stopped there`;
      return false;
    }
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#held);
    this.#held = length;
    return true;
  }

  /** Reads the held bytes as one complete payload. */
  #payload(): boolean {
    const text = decoder.decode(this.#buffer.subarray(0, this.#held));
    this.#held = 0;
    this.#depth = 0;
    return this.#read(text, true);
  }

  #unpacked(base64: string): boolean {
    try {
      const packed = Buffer.from(base64, 'base64');
      return this.#read(decoder.decode(gunzipSync(packed, { maxOutputLength: payloadBytesMax })), false);
    } catch (error) {
      this.failure = `the base64 payload does not unpack: ${(error as Error).message}`;
      return false;
    }
  }

  #read(text: string, mayWrap: boolean): boolean {
    const value = parsed(text);
    const data = mayWrap ? value?.awslogs?.data : undefined;
    if (typeof data === 'string') return this.#unpacked(data);
    const messages = value === undefined ? undefined : messagesOf(value);
    if (messages !== undefined) return messages.length === 0 || this.#lines(linesOf(messages));
    this.failure =
      'looks like JSON that is no CloudWatch Logs payload, expected objects with messageType and logEvents[].message';
    return false;
  }
}

/** The members that matter, as far as they are there. */
interface Payload {
  readonly messageType?: unknown;
  readonly logEvents?: unknown;
  /** A flow log delivered through Firehose: one record. */
  readonly message?: unknown;
  readonly awslogs?: { readonly data?: unknown };
}

function parsed(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch (error) {
    // Text that is no JSON is told apart from other JSON by nobody; both are reported as what they look like.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The messages of a payload, `undefined` when it is none. Control messages test the subscription and hold no data. */
function messagesOf(payload: Payload): string[] | undefined {
  if (payload.messageType === 'CONTROL_MESSAGE') return [];
  if (typeof payload.message === 'string') return [payload.message];
  if (!Array.isArray(payload.logEvents)) return undefined;
  const messages = payload.logEvents.map((event: { message?: unknown } | null) => event?.message);
  return messages.every((message) => typeof message === 'string') ? messages : undefined;
}

/** One line per message, whatever the message holds. */
function linesOf(messages: readonly string[]): Uint8Array {
  const bytes = encoder.encode(messages.map((message) => message.trim().replace(/[\r\n]/g, ' ')).join('\n'));
  const lines = new Uint8Array(bytes.length + 1).fill(BLANK);
  lines.set(bytes);
  lines[bytes.length] = 10;
  return lines;
}
