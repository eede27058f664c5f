import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { keyHash } from '../../lib/conversations/keys.ts';
import { RowIndex } from '../../lib/conversations/row-index.ts';
import { translator } from '../../lib/conversations/translator.ts';
import { BOOK_BASE } from '../../lib/flowlog/address.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { build, rowsOf } from '../records.ts';

describe('a translator between stores of their own names', () => {
  const from = build('eni-a 10.0.0.1:40000 > [2001:db8::7]:443 tcp', { source: 'log-a' });
  const to = build('eni-b 10.0.0.9:40000 > [2001:db8::1]:443 tcp', { source: 'log-b' });
  const translate = translator(from, to);

  it('says the same text by another number', () => {
    for (const name of ['eni-a', '123456789012']) {
      expect(to.names.text.text(translate.text(from.names.text.intern(name)))).toBe(name);
    }
    expect(translate.text(from.names.text.intern('eni-b'))).toBe(to.names.text.intern('eni-b'));
  });

  it('says the same address by another code, plain IPv4 by its own', () => {
    const code = (address: string) => from.names.addresses.parse(address);
    for (const address of ['2001:db8::7', '250.1.2.3', 'fd00::5']) {
      expect(to.names.addresses.format(translate.address(code(address)))).toBe(address);
    }
    expect(translate.address(code('10.0.0.1'))).toBe(code('10.0.0.1'));
  });

  it('keeps what stands for all addresses that no longer fit', () => {
    expect(translate.address(BOOK_BASE)).toBe(BOOK_BASE);
  });

  it('enters sources, each once, and knows them again', () => {
    expect(to.sources[translate.source(0)]).toBe('log-a');
    const [before, number] = [to.sources.length, translate.source(0)];
    expect(translator(from, to).source(0)).toBe(number);
    expect(to.sources).toHaveLength(before);
  });
});

describe('a translator between stores of the same names', () => {
  it('leaves numbers as they are, but for sources', () => {
    const names = createNames();
    const from = build('eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp', { names, source: 'log-a' });
    const to = build('eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp', { names, source: 'log-b' });
    const translate = translator(from, to);
    expect([translate.text(7), translate.address(0xf000_0007), translate.source(0)]).toEqual([7, 0xf000_0007, 1]);
  });
});

describe('merging stores whose sources have other numbers', () => {
  it('keeps every piece of evidence with its source', () => {
    const call = 'eni-a 10.0.0.1:40000 > 10.0.0.2:443 tcp';
    const other = 'eni-a 10.0.0.3:40000 > 10.0.0.2:443 tcp';
    const first = build(`${call} at=50`, { source: 'log-x' });
    const second = new Conversations(createNames());
    second.source('log-unused');
    second.merge(build(`${call} at=10\n${other}`, { source: 'log-y' }));
    first.merge(second);
    expect(rowsOf(first).map(({ client, first: seen }) => `${client} ${seen![1]}:${seen![2]}`)).toEqual([
      '10.0.0.1 log-y:2',
      '10.0.0.3 log-y:3',
    ]);
  });
});

describe('the index of rows', () => {
  /** Rows of the same hash, in the order entered. */
  const rowsAt = (index: RowIndex, hash: number) => {
    const rows: number[] = [];
    for (let slot = index.next(hash, hash << 1); slot >= 0; slot = index.next(hash, slot + 2))
      rows.push(index.row(slot));
    return rows;
  };

  it('finds every row by its hash, hashes that clash included', () => {
    // Few hashes, and such as end at the last slot of the smallest table.
    const hash = fc.oneof(fc.nat(5), fc.integer({ min: 2_040, max: 2_047 }), fc.integer({ min: 0, max: 0xffff_ffff }));
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 60 }), (hashes) => {
        const index = new RowIndex();
        index.reset(hashes.length);
        for (const [row, one] of hashes.entries()) index.enter(one, row);
        for (const one of new Set(hashes)) {
          const expected = hashes.map((other, row) => (other === one ? row : -1)).filter((row) => row >= 0);
          expect(rowsAt(index, one).toSorted((a, b) => a - b)).toEqual(expected);
        }
        expect(rowsAt(index, 123_456_789)).toEqual(hashes.includes(123_456_789) ? [hashes.indexOf(123_456_789)] : []);
      }),
    );
  });

  it('guesses the row in the first slot, and none where another stands there', () => {
    const index = new RowIndex();
    index.reset(4);
    index.enter(9, 0);
    index.enter(9 + 2_048, 1);
    const rows = new Int32Array(3);
    index.guess(Uint32Array.of(9, 9 + 2_048, 77), rows, 3);
    expect([...rows]).toEqual([0, -1, -1]);
  });

  it('has room for twice the rows asked for, and forgets all when it is reset', () => {
    const index = new RowIndex();
    for (const rows of [1, 1_024, 1_025, 50_000]) {
      index.reset(rows);
      expect(index.capacity).toBeGreaterThanOrEqual(rows);
      index.enter(5, 3);
      expect(rowsAt(index, 5)).toEqual([3]);
    }
    index.reset(10);
    expect(rowsAt(index, 5)).toEqual([]);
  });
});

describe('the hash of a key', () => {
  it('is a 32-bit word that each part of the key changes', () => {
    const part = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(fc.tuple(part, part, part, part, part), fc.nat(4), ([a, b, c, d, e], changed) => {
        const key = [a, b, c, d, e] as [number, number, number, number, number];
        const hash = keyHash(...key);
        expect(hash >>> 0).toBe(hash);
        key[changed] = (key[changed] ^ 1) >>> 0;
        expect(keyHash(...key)).not.toBe(hash);
      }),
    );
  });

  it('spreads hosts and ports in sequence over the slots', () => {
    const slots = new Set<number>();
    for (let host = 0; host < 64; host++)
      for (let port = 0; port < 64; port++)
        slots.add(keyHash(1, 0x0a00_0001, 0x0a00_0100 + host, (6 << 16) | port, 1_790_000_100) & 8_191);
    // 4,096 keys on 8,192 slots: by chance 3,223 of them differ.
    expect(slots.size).toBeGreaterThan(3_000);
  });
});
