import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createNames } from '../../lib/flowlog/batch.ts';
import { type LogObject, readObject, streamObject } from '../../lib/flowlog/object.ts';
import { bytesOf, countsOf, DEFAULT_HEADER, line, lines, objectOf, readAll } from './reading.ts';

const LOG = `${DEFAULT_HEADER}\n${lines(3_000)}`;
const COUNTS = { records: 3_000, noData: 0, skipData: 0, malformed: {} };

/** An object that breaks off with an error after its bytes. */
function breakingOff(bytes: Uint8Array): LogObject {
  return {
    name: 'test',
    async *open() {
      yield bytes;
      throw new Error('connection reset');
    },
  };
}

describe('readObject', () => {
  it.each([1_000_000, 500, 1])('reads text in pieces of %i bytes', async (pieceBytes) => {
    const { report, ordinals } = await readAll(objectOf(LOG, pieceBytes));
    expect(countsOf(report)).toEqual(COUNTS);
    expect(report.failure).toBeUndefined();
    expect(report.bytes).toBe(LOG.length);
    expect(report.unpackedBytes).toBe(LOG.length);
    expect(ordinals[0]).toBe(2);
  });

  it.each([1_000_000, 500, 1])('reads gzip in pieces of %i bytes', async (pieceBytes) => {
    const packed = gzipSync(LOG);
    const { report } = await readAll(objectOf(packed, pieceBytes));
    expect(countsOf(report)).toEqual(COUNTS);
    expect(report.failure).toBeUndefined();
    expect(report.bytes).toBe(packed.length);
    expect(report.unpackedBytes).toBe(LOG.length);
  });

  it('reads concatenated logs, packed one by one', async () => {
    const { report, ordinals } = await readAll(objectOf(Buffer.concat([gzipSync(LOG), gzipSync(LOG)])));
    expect(countsOf(report)).toEqual({ ...COUNTS, records: 6_000 });
    expect(ordinals.at(-1)).toBe(6_002);
  });

  it('never judges by the name', async () => {
    const { report } = await readAll({ ...objectOf(LOG), name: 'x.parquet' });
    expect(countsOf(report)).toEqual(COUNTS);
  });

  it('uses what precedes a cut', async () => {
    const packed = gzipSync(LOG);
    const { report } = await readAll(objectOf(packed.subarray(0, packed.length >> 1)));
    expect(report.failure).toMatch(/^the gzip data is truncated/);
    expect(report.records).toBeGreaterThan(500);
    expect(report.records).toBeLessThan(3_000);
    expect(report.malformedCount).toBe(0);
  });

  it('drops the line in which a text breaks off, whose last value may be short', async () => {
    const bytes = bytesOf(`srcaddr dstaddr bytes\n10.0.0.1 10.0.0.2 500\n10.0.0.1 10.0.0.2 12`);
    expect((await readAll(objectOf(bytes))).records).toHaveLength(2);
    const { report, records } = await readAll(breakingOff(bytes));
    expect(records).toEqual([{ srcaddr: '10.0.0.1', dstaddr: '10.0.0.2', bytes: '500' }]);
    expect(countsOf(report)).toEqual({ records: 1, noData: 0, skipData: 0, malformed: {} });
  });

  it('uses all of a log with garbage behind it', async () => {
    const { report } = await readAll(objectOf(Buffer.concat([gzipSync(LOG), Buffer.from('garbage')])));
    expect(countsOf(report)).toEqual(COUNTS);
    expect(report.failure).toMatch(/^the gzip data is damaged/);
    expect(report.bytes).toBe(gzipSync(LOG).length + 7);
  });

  it.each([
    ['text', bytesOf(LOG)],
    ['gzip', gzipSync(LOG)],
  ])('uses what came before the connection broke (%s)', async (_, bytes) => {
    const { report } = await readAll(breakingOff(bytes));
    expect(report.failure).toBe(
      `reading stopped after ${bytes.length} bytes (connection reset); what came before was read, try again`,
    );
    expect(report.records).toBe(3_000);
  });

  it('reads an empty object as no records', async () => {
    for (const bytes of [new Uint8Array(0), gzipSync('')]) {
      const { report } = await readAll(objectOf(bytes));
      expect(countsOf(report)).toEqual({ records: 0, noData: 0, skipData: 0, malformed: {} });
      expect(report.failure).toBeUndefined();
    }
  });

  it('says what an object looks like that is no log', async () => {
    for (const bytes of [bytesOf('<html>'), gzipSync('<html>')]) {
      const { report } = await readAll(objectOf(bytes));
      expect(report.failure).toMatch(/^looks like an HTML or XML page/);
    }
    const { report } = await readAll(objectOf(gzipSync(gzipSync(LOG))));
    expect(report.failure).toMatch(/^looks like gzip inside gzip/);
  });

  it('stops a bomb', async () => {
    const member = gzipSync(Buffer.alloc(50_000_000, '\n'));
    const { report } = await readAll(objectOf(Buffer.concat(new Array(6).fill(member))));
    expect(report.failure).toMatch(/^unpacks more than 200 to 1/);
    expect(report.unpackedBytes).toBeLessThanOrEqual(270_000_000);
  });

  it('throws when the object cannot be opened, with the cause', async () => {
    const cause = new Error('no such file');
    const atOnce: LogObject = {
      name: 'gone.log',
      open() {
        throw cause;
      },
    };
    const later: LogObject = {
      name: 'gone.log',
      // biome-ignore lint/correctness/useYield: it fails before it has anything
      async *open() {
        throw cause;
      },
    };
    for (const object of [atOnce, later]) {
      await expect(readAll(object)).rejects.toThrow(new Error('cannot open gone.log: no such file', { cause }));
    }
  });

  it('lets an error of the sink through', async () => {
    const sink = {
      batch() {
        throw new Error('sink');
      },
      rejected() {},
    };
    for (const bytes of [bytesOf(LOG), gzipSync(LOG)]) {
      await expect(readObject(objectOf(bytes), { names: createNames() }, sink)).rejects.toThrow('sink');
    }
  });

  it('closes what it has opened, however reading ends', async () => {
    const endings = [bytesOf(LOG), gzipSync(LOG), gzipSync(LOG).subarray(0, 999), bytesOf('<html>'), bytesOf('PAR1')];
    for (const bytes of endings) {
      let open = 0;
      const object: LogObject = {
        ...objectOf(bytes),
        async *open() {
          open++;
          try {
            yield bytes;
          } finally {
            open--;
          }
        },
      };
      await readAll(object);
      expect(open).toBe(0);
    }
  });

  it('opens an object that can be had once only once', async () => {
    let opened = 0;
    const bytes = Buffer.concat([gzipSync(LOG), Buffer.from('garbage')]);
    const { slice, ...object } = objectOf(bytes, 1_000);
    const { report } = await readAll({
      ...object,
      once: true,
      open: () => {
        opened++;
        return object.open();
      },
    });
    expect(opened).toBe(1);
    expect(report.failure).toMatch(/^the gzip data is damaged/);
    expect(report.records).toBeGreaterThan(2_000);
    expect(slice).toBeDefined();
  });
});

describe('streamObject', () => {
  it('ends early without failure when no more is wanted', async () => {
    for (const bytes of [bytesOf(LOG), gzipSync(LOG)]) {
      const counts = { bytes: 0, unpackedBytes: 0 };
      const failure = await streamObject(
        objectOf(bytes, 600),
        counts,
        () => false,
        async () => undefined,
      );
      expect(failure).toBeUndefined();
      expect(counts.bytes).toBeLessThan(bytes.length);
    }
  });
});

describe('a record', () => {
  it('is the same from text and from gzip', async () => {
    const text = `${DEFAULT_HEADER}\n${line(7)}\n`;
    const plain = await readAll(objectOf(text));
    const packed = await readAll(objectOf(gzipSync(text)));
    expect(packed.records).toEqual(plain.records);
    expect(packed.ordinals).toEqual(plain.ordinals);
  });
});
