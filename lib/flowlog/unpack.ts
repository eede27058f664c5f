/**
 * gzip, streamed: every unpacked piece is handed over while it is there, so that memory stays bounded and whatever
 * precedes a cut or a damaged place is still used.
 */
import { createGunzip } from 'node:zlib';
import { unpackedBytesMax, unpackRatioFloorBytes, unpackRatioMax } from '../limits.ts';

/** Takes a piece of bytes, valid during the call only; false when no more is wanted. */
export type Take = (bytes: Uint8Array) => boolean;

export interface UnpackLimits {
  readonly bytesMax: number;
  readonly ratioMax: number;
  readonly ratioFloorBytes: number;
}

const LIMITS: UnpackLimits = {
  bytesMax: unpackedBytesMax,
  ratioMax: unpackRatioMax,
  ratioFloorBytes: unpackRatioFloorBytes,
};

/** zlib's default of 16 KiB takes more than twice the time. */
const OUTPUT_BYTES = 1_048_576;

/** Input bytes per step near a damaged place, pass by pass: the last saves every byte that zlib gives out. */
const FINE_BYTES = [512, 1];

/** How far unpacking has come. */
interface Progress {
  /** Bytes given to zlib, and those of them whose output came out whole. */
  packed: number;
  sound: number;
  /** Unpacked bytes handed over. */
  taken: number;
}

/**
 * Unpacks concatenated gzip members into `take`; returns why it stopped early, if it did. zlib drops the output of the
 * step in which it meets damage, so a damaged object is unpacked again, in small steps from that place on, when
 * `reopen` can give it once more.
 */
export async function unpackGzip(
  pieces: AsyncIterable<Uint8Array>,
  reopen: (() => AsyncIterable<Uint8Array>) | undefined,
  take: Take,
  limits: UnpackLimits = LIMITS,
): Promise<string | undefined> {
  const progress: Progress = { packed: 0, sound: 0, taken: 0 };
  const guarded = guard(take, progress, limits);
  let failure = await inflate(pieces, guarded, progress, { from: Number.POSITIVE_INFINITY, bytes: 1 });
  if (reopen === undefined) return failure?.message;
  for (const bytes of FINE_BYTES) {
    if (!(failure instanceof Damage)) break;
    const from = progress.sound;
    progress.packed = 0;
    failure = await inflate(reopen(), beyond(progress.taken, guarded), progress, { from, bytes });
  }
  return failure?.message;
}

/** Passes over what an earlier pass has handed on. */
function beyond(skip: number, take: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
  let left = skip;
  return (bytes) => {
    const passed = Math.min(left, bytes.length);
    left -= passed;
    if (passed < bytes.length) take(bytes.subarray(passed));
  };
}

/** The content is damaged: another pass may save more of it. */
class Damage extends Error {}

/** Nothing more is wanted or allowed. */
class Stop extends Error {}

const ENOUGH = new Stop();

function guard(take: Take, progress: Progress, limits: UnpackLimits): (bytes: Uint8Array) => void {
  return (bytes) => {
    progress.taken += bytes.length;
    const { packed, taken } = progress;
    if (taken > limits.bytesMax) {
      throw new Stop(`unpacks to more than ${limits.bytesMax} bytes, reading stopped there; split the object`);
    }
    if (taken > limits.ratioFloorBytes && taken > packed * limits.ratioMax) {
      throw new Stop(
        `unpacks more than ${limits.ratioMax} to 1 (${taken} bytes so far), which flow logs never do; reading stopped`,
      );
    }
    if (!take(bytes)) throw ENOUGH;
  };
}

async function inflate(
  pieces: AsyncIterable<Uint8Array>,
  take: (bytes: Uint8Array) => void,
  progress: Progress,
  fine: { readonly from: number; readonly bytes: number },
): Promise<Error | undefined> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  let done = () => {};
  let fail: (reason: unknown) => void = () => {};
  const step = (start: () => void) =>
    new Promise<void>((resolve, reject) => {
      done = resolve;
      fail = reject;
      start();
    });
  let ended = false;
  gunzip.on('error', (error) => fail(error));
  gunzip.on('end', () => {
    ended = true;
    done();
  });
  gunzip.on('data', (bytes: Uint8Array<ArrayBuffer>) => {
    try {
      take(bytes);
      giveBack(bytes);
    } catch (error) {
      gunzip.destroy();
      fail(error);
    }
  });
  try {
    for await (const piece of pieces) {
      for (const part of parts(piece, fine.from - progress.packed, fine.bytes)) {
        progress.packed += part.length;
        await step(() => gunzip.write(part, () => done()));
        progress.sound = progress.packed;
        // zlib ends by itself at padding after the last member.
        if (ended) return undefined;
      }
    }
    await step(() => gunzip.end());
    return undefined;
  } catch (error) {
    return explained(error);
  } finally {
    gunzip.destroy();
  }
}

/**
 * Frees the memory of a piece that ends its buffer, which zlib fills no further. Left to the garbage collector, as many buffers as an object has
 * megabytes set it off every few of them.
 */
function giveBack({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (byteOffset + byteLength === buffer.byteLength) buffer.transfer(0);
}

/** The piece whole up to `whole` bytes, in parts of `bytes` after that. */
function* parts(piece: Uint8Array, whole: number, bytes: number): Generator<Uint8Array> {
  let from = Math.max(0, Math.min(whole, piece.length));
  if (from > 0) yield piece.subarray(0, from);
  for (; from < piece.length; from += bytes) yield piece.subarray(from, from + bytes);
}

function explained(error: unknown): Error | undefined {
  if (error === ENOUGH) return undefined;
  if (error instanceof Stop) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('Z_')) throw error;
  const { message } = error as Error;
  if (code === 'Z_BUF_ERROR') {
    return new Error('the gzip data is truncated: it ends inside a member; what came before was read, fetch it again');
  }
  return new Damage(`the gzip data is damaged (${message}); what came before was read, fetch it again`);
}
