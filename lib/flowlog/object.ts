/**
 * Objects of a log (files, S3 objects, standard input) and how each is read: sniffed, unpacked and parsed into batches.
 */
import { collectedBytesMax } from '../limits.ts';
import { ContentReader, startsWith } from './content.ts';
import { type RandomAccess, readParquet } from './parquet.ts';
import type { TextOptions } from './plan.ts';
import { type FlowSink, ReadReport } from './report.ts';
import { TextReader } from './text.ts';
import { type Take, unpackGzip } from './unpack.ts';

/** Bytes under a name. The name is shown and never judged by. */
export interface LogObject {
  readonly name: string;
  readonly sizeBytes?: number;
  /** The content from its beginning; rejects or throws when it cannot be had. */
  open(): AsyncIterable<Uint8Array>;
  /** Bytes `[start, end)`; without it, Parquet is collected in memory. */
  slice?(start: number, end?: number): Promise<ArrayBuffer>;
  /** Whether the content can be had only once, as that of standard input. */
  readonly once?: boolean;
}

export type ReadOptions = TextOptions;

/**
 * Reads an object into batches. Bad content never throws: what was read until then is in the counts, and
 * `report.failure` says what is wrong. Throws when the object cannot be opened, with the reason as `cause`.
 */
export async function readObject(object: LogObject, options: ReadOptions, sink: FlowSink): Promise<ReadReport> {
  const report = new ReadReport();
  const reader = new TextReader(options, report, sink);
  const take = (bytes: Uint8Array) => {
    reader.push(bytes);
    return true;
  };
  report.failure = await streamObject(object, report, take, (file) => readParquet(file, options, report, sink));
  reader.finish(report.failure !== undefined);
  return report;
}

type Counts = Pick<ReadReport, 'bytes' | 'unpackedBytes'>;

/**
 * Opens an object once and hands its text to `lines`, or the object to `parquet` when it is that. Returns why reading
 * stopped early, if it did; ending because `lines` wants no more is no failure.
 */
export async function streamObject(
  object: LogObject,
  counts: Counts,
  lines: Take,
  parquet: (file: RandomAccess) => Promise<string | undefined>,
): Promise<string | undefined> {
  const source = new Source(object, counts);
  try {
    const head = await source.head();
    if (startsWith(head, 'PAR1')) {
      return await unlessInterrupted(randomAccess(object, source).then(parquet));
    }
    const content = new ContentReader(lines);
    const take = (bytes: Uint8Array) => {
      counts.unpackedBytes += bytes.length;
      return content.push(bytes);
    };
    const packed = startsWith(head, '\x1f\x8b');
    const failure = await unlessInterrupted(
      packed ? unpackGzip(source, object.once ? undefined : () => again(object), take) : passThrough(source, take),
    );
    content.finish();
    return failure ?? content.failure;
  } finally {
    await source.close();
  }
}

/** The same bytes once more, counted already. */
async function* again(object: LogObject): AsyncGenerator<Uint8Array> {
  const source = new Source(object, { bytes: 0, unpackedBytes: 0 });
  try {
    await source.head();
    yield* source;
  } finally {
    await source.close();
  }
}

async function passThrough(pieces: AsyncIterable<Uint8Array>, take: Take): Promise<undefined> {
  for await (const piece of pieces) if (!take(piece)) return;
}

async function randomAccess(object: LogObject, source: Source): Promise<RandomAccess> {
  const { slice, sizeBytes } = object;
  if (slice !== undefined && sizeBytes !== undefined) {
    await source.close();
    return { byteLength: sizeBytes, slice: slice.bind(object) };
  }
  const pieces: Uint8Array[] = [];
  let byteLength = 0;
  for await (const piece of source) {
    byteLength += piece.length;
    if (byteLength > collectedBytesMax) {
      throw new Interrupted(
        `Parquet of more than ${collectedBytesMax} bytes needs random access, which ${object.name} does not offer; store it as a file first`,
      );
    }
    pieces.push(piece);
  }
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { byteLength, slice: async (start, end) => bytes.buffer.slice(start, end) };
}

/** Reading ended in the middle for a reason outside the content. */
class Interrupted extends Error {}

async function unlessInterrupted(reading: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Interrupted) return error.message;
    throw error;
  }
}

/** The bytes of an object as stored, counted, with a look ahead at how they begin. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #object: LogObject;
  readonly #counts: Counts;
  readonly #iterator: AsyncIterator<Uint8Array>;
  #head: Uint8Array | undefined;

  constructor(object: LogObject, counts: Counts) {
    this.#object = object;
    this.#counts = counts;
    try {
      this.#iterator = object.open()[Symbol.asyncIterator]();
    } catch (error) {
      throw cannotOpen(object, error);
    }
  }

  /** The first bytes, at least as many as a signature of the stored form has, when there are as many. */
  async head(): Promise<Uint8Array> {
    let head: Uint8Array = new Uint8Array(0);
    try {
      while (head.length < 4) {
        const { done, value } = await this.#iterator.next();
        if (done) break;
        head = head.length === 0 ? value : Buffer.concat([head, value]);
      }
    } catch (error) {
      throw cannotOpen(this.#object, error);
    }
    this.#head = head;
    return head;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const head = this.#head!;
    this.#counts.bytes += head.length;
    yield head;
    for (;;) {
      const piece = await this.#next();
      if (piece === undefined) return;
      this.#counts.bytes += piece.length;
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#iterator.next();
      return done ? undefined : value;
    } catch (error) {
      throw new Interrupted(
        `reading stopped after ${this.#counts.bytes} bytes (${(error as Error).message}); what came before was read, try again`,
      );
    }
  }
}

/** An object cannot be opened; whoever reads many goes on with the next. */
export class CannotOpen extends Error {}

function cannotOpen(object: LogObject, cause: unknown): CannotOpen {
  return new CannotOpen(`cannot open ${object.name}: ${(cause as Error).message}`, { cause });
}
