/**
 * Lines kept while objects are read, so that sample records need no second reading: those of the first record each way of every conversation, which
 * are all that a finding may show. Unpacking an object once more takes several times as long.
 */
import { keptLinesBytesMax } from '../limits.ts';
import type { FlowBatch } from './batch.ts';
import type { SampleRecords } from './evidence.ts';

const BLOCK_BYTES = 4_194_304;

/** The bytes of a block and its heads: lines are some 100 bytes long, and few have less than 64. */
const BLOCK_LINES = BLOCK_BYTES / 64;

/** What is known of a line: the numbers of its object and of its header, its ordinal, and where its bytes end in the block. */
const HEAD = { object: 0, header: 1, ordinal: 2, end: 3 } as const;
const HEAD_WORDS = 4;

/** Lines one after another. */
interface Block {
  readonly bytes: Buffer;
  readonly heads: Uint32Array;
  lines: number;
  /** Bytes filled. */
  length: number;
}

/** Keeps lines until `bytesMax` are filled, and then no further ones. Objects, and the lines of each, come in the order of their numbers. */
export class KeptLines {
  readonly #blocks: Block[] = [];
  readonly #blocksMax: number;
  readonly #headers: string[] = [];

  constructor(bytesMax = keptLinesBytesMax) {
    this.#blocksMax = Math.ceil(bytesMax / BLOCK_BYTES);
  }

  /** Keeps the line of a record, if the batch has it and there is room. */
  keep(object: number, batch: FlowBatch, record: number): void {
    const from = batch.from[record];
    const to = batch.to[record];
    const block = to > from ? this.#blockFor(to - from) : undefined;
    if (block === undefined) return;
    batch.text.copy(block.bytes, block.length, from, to);
    block.length += to - from;
    const at = block.lines++ * HEAD_WORDS;
    block.heads[at + HEAD.object] = object;
    block.heads[at + HEAD.header] = this.#numberOf(batch.header);
    block.heads[at + HEAD.ordinal] = batch.ordinal[record];
    block.heads[at + HEAD.end] = block.length;
  }

  /** The lines of an object at these ordinals; `undefined` unless all were kept. */
  find(object: number, ordinals: Iterable<number>): SampleRecords | undefined {
    const lines = new Map<number, string>();
    let header: string | undefined;
    for (const ordinal of [...ordinals].sort((a, b) => a - b)) {
      const block = this.#blocks.findLast(({ heads }) => !isBefore(object, ordinal, heads, 0));
      const line = block === undefined ? -1 : lineOf(block, object, ordinal);
      if (block === undefined || line < 0) return undefined;
      const { bytes, heads } = block;
      const start = line === 0 ? 0 : heads[(line - 1) * HEAD_WORDS + HEAD.end];
      lines.set(ordinal, decoder.decode(bytes.subarray(start, heads[line * HEAD_WORDS + HEAD.end])));
      header ??= this.#headers[heads[line * HEAD_WORDS + HEAD.header]];
    }
    return header === undefined ? undefined : { header, lines };
  }

  /** A block with room for one more line; none when all are full. */
  #blockFor(lineBytes: number): Block | undefined {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.lines < BLOCK_LINES && last.length + lineBytes <= BLOCK_BYTES) return last;
    if (this.#blocks.length >= this.#blocksMax) return undefined;
    const block = {
      bytes: Buffer.alloc(BLOCK_BYTES),
      heads: new Uint32Array(BLOCK_LINES * HEAD_WORDS),
      lines: 0,
      length: 0,
    };
    this.#blocks.push(block);
    return block;
  }

  #numberOf(header: string): number {
    if (this.#headers.at(-1) === header) return this.#headers.length - 1;
    const known = this.#headers.indexOf(header);
    return known >= 0 ? known : this.#headers.push(header) - 1;
  }
}

const decoder = new TextDecoder();

/** Whether a line comes before that of a head. */
function isBefore(object: number, ordinal: number, heads: Uint32Array, line: number): boolean {
  const at = line * HEAD_WORDS;
  return object < heads[at + HEAD.object] || (object === heads[at + HEAD.object] && ordinal < heads[at + HEAD.ordinal]);
}

/** Place of a line in a block, by bisection: its heads are in order. -1 when it is not there. */
function lineOf({ heads, lines }: Block, object: number, ordinal: number): number {
  let low = 0;
  let high = lines;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (isBefore(object, ordinal, heads, middle)) high = middle;
    else low = middle;
  }
  const at = low * HEAD_WORDS;
  return heads[at + HEAD.object] === object && heads[at + HEAD.ordinal] === ordinal ? low : -1;
}
