import { constants, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type UnpackLimits, unpackGzip } from '../../lib/flowlog/unpack.ts';
import { bytesOf, lines } from './reading.ts';

const TEXT = lines(20_000);
const PACKED = gzipSync(TEXT);

async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function unpacked(
  bytes: Uint8Array,
  options: { pieceBytes?: number; once?: boolean; limits?: UnpackLimits } = {},
) {
  const { pieceBytes = 65_536, once = false, limits } = options;
  const parts: Buffer[] = [];
  const failure = await unpackGzip(
    pieces(bytes, pieceBytes),
    once ? undefined : () => pieces(bytes, pieceBytes),
    (part) => parts.push(Buffer.from(part)) > 0,
    limits,
  );
  return { text: Buffer.concat(parts).toString(), failure };
}

describe('unpackGzip', () => {
  it('frees the memory of every buffer that is full, and of no other', async () => {
    const content = new Uint8Array(3_500_000).map((_, at) => at % 251);
    const buffers = new Set<ArrayBufferLike>();
    let next = 0;
    await unpackGzip(pieces(gzipSync(content), 5_000), undefined, (part) => {
      buffers.add(part.buffer);
      for (const byte of part) if (byte !== next++ % 251) throw new Error(`byte ${next - 1} is wrong`);
      return true;
    });
    expect(next).toBe(content.length);
    expect([...buffers].map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 1_048_576]);
  });

  it.each([1_000_000, 65_536, 777, 1])('unpacks pieces of %i bytes', async (pieceBytes) => {
    const bytes = pieceBytes === 1 ? gzipSync('short') : PACKED;
    const { text, failure } = await unpacked(bytes, { pieceBytes });
    expect(text).toBe(pieceBytes === 1 ? 'short' : TEXT);
    expect(failure).toBeUndefined();
  });

  it.each([65_536, PACKED.length, 100])('unpacks concatenated members from pieces of %i bytes', async (pieceBytes) => {
    const { text, failure } = await unpacked(Buffer.concat([PACKED, PACKED, gzipSync('')]), { pieceBytes });
    expect(text.length).toBe(TEXT.length * 2);
    expect(failure).toBeUndefined();
  });

  it.each([10, 100_000])('passes over %i bytes of padding at the end', async (length) => {
    const { text, failure } = await unpacked(Buffer.concat([PACKED, Buffer.alloc(length)]), { pieceBytes: 1_000 });
    expect(text).toBe(TEXT);
    expect(failure).toBeUndefined();
  });

  it('gives everything before garbage at the end', async () => {
    const { text, failure } = await unpacked(Buffer.concat([PACKED, Buffer.from('<html>')]));
    expect(text).toBe(TEXT);
    expect(failure).toMatch(/^the gzip data is damaged \(incorrect header check\)/);
  });

  it('gives everything before a cut, wherever it is', async () => {
    const packed = gzipSync(lines(200));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: packed.length - 1 }),
        fc.integer({ min: 1, max: 3_000 }),
        async (cut, pieceBytes) => {
          const { text, failure } = await unpacked(packed.subarray(0, cut), { pieceBytes });
          expect(failure).toMatch(/^the gzip data is truncated/);
          expect(text).toBe(gunzipSync(packed.subarray(0, cut), { finishFlush: constants.Z_SYNC_FLUSH }).toString());
        },
      ),
    );
  });

  it('gives what precedes a damaged place', async () => {
    const damaged = Buffer.from(PACKED);
    damaged.fill(0xff, PACKED.length >> 1, (PACKED.length >> 1) + 50);
    const { text, failure } = await unpacked(damaged);
    const intact = gunzipSync(PACKED.subarray(0, PACKED.length >> 1), {
      finishFlush: constants.Z_SYNC_FLUSH,
    }).toString();
    expect(failure).toMatch(/^the gzip data is damaged/);
    expect(text.startsWith(intact)).toBe(true);
    expect(intact.length).toBeGreaterThan(TEXT.length / 3);
  });

  it('gives all of a member whose checksum is wrong', async () => {
    const damaged = Buffer.from(PACKED);
    damaged[damaged.length - 6] ^= 1;
    const { text, failure } = await unpacked(damaged);
    expect(text).toBe(TEXT);
    expect(failure).toMatch(/incorrect data check/);
  });

  it('says so, too, when the content can be had only once', async () => {
    const { text, failure } = await unpacked(Buffer.concat([PACKED, Buffer.from('<html>')]), {
      pieceBytes: 100,
      once: true,
    });
    expect(failure).toMatch(/^the gzip data is damaged/);
    expect(TEXT.startsWith(text)).toBe(true);
    expect(text.length).toBeGreaterThan(TEXT.length - 10_000);
  });

  it('never throws and never gives more than zlib for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(60), async (noise, at) => {
        const packed = gzipSync('0123456789'.repeat(20));
        const bytes = Buffer.concat([packed.subarray(0, at), noise]);
        const { failure, text } = await unpacked(bytes.length === 0 ? packed : bytes, { pieceBytes: 16 });
        expect(typeof failure === 'string' || text.length >= 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('ends without failure when no more is wanted', async () => {
    let given = 0;
    let closed = false;
    async function* source() {
      try {
        for (;;) yield PACKED;
      } finally {
        closed = true;
      }
    }
    const failure = await unpackGzip(source(), undefined, (part) => {
      given += part.length;
      return given < 1_000_000;
    });
    expect(failure).toBeUndefined();
    expect(given).toBeLessThan(TEXT.length * 2 + 1_048_576);
    expect(closed).toBe(true);
  });

  it('lets an error of the taker through', async () => {
    const failing = unpackGzip(pieces(PACKED, 1_000), undefined, () => {
      throw new Error('taker');
    });
    await expect(failing).rejects.toThrow('taker');
  });

  it('lets an error of the source through', async () => {
    async function* source() {
      yield PACKED.subarray(0, 1_000);
      throw new Error('network');
    }
    await expect(unpackGzip(source(), undefined, () => true)).rejects.toThrow('network');
  });
});

describe('a decompression bomb', () => {
  const zeros = gzipSync(Buffer.alloc(10_000_000));

  it('is stopped at the size limit', async () => {
    const limits = { bytesMax: 2_000_000, ratioMax: 10_000, ratioFloorBytes: 1_000_000 };
    const { text, failure } = await unpacked(zeros, { limits });
    expect(failure).toBe('unpacks to more than 2000000 bytes, reading stopped there; split the object');
    expect(text.length).toBeLessThanOrEqual(2_000_000);
  });

  it('is stopped at the ratio limit, once past the floor', async () => {
    const limits = { bytesMax: 100_000_000, ratioMax: 200, ratioFloorBytes: 3_000_000 };
    const { text, failure } = await unpacked(zeros, { limits });
    expect(failure).toMatch(/^unpacks more than 200 to 1/);
    expect(text.length).toBeLessThan(5_000_000);
  });

  it('below the floor is what it says', async () => {
    const limits = { bytesMax: 100_000_000, ratioMax: 200, ratioFloorBytes: 20_000_000 };
    const { text, failure } = await unpacked(zeros, { limits });
    expect(failure).toBeUndefined();
    expect(text.length).toBe(10_000_000);
  });

  it('is stopped by the limits in force, made on the fly', async () => {
    const gzip = createGzip();
    const block = bytesOf('\n'.repeat(1_048_576));
    let left = 300;
    const feed = () => {
      while (left-- > 0) if (!gzip.write(block)) return void gzip.once('drain', feed);
      gzip.end();
    };
    feed();
    let given = 0;
    const failure = await unpackGzip(gzip, undefined, (part) => {
      given += part.length;
      return true;
    });
    expect(failure).toMatch(/^unpacks more than 200 to 1/);
    expect(given).toBeLessThan(300 * 1_048_576);
  });
});
