import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/simulate/random.ts';
import { drawHabit, established } from '../../lib/simulate/volume.ts';
import { aHost, aNetwork, aPeer } from './stage.ts';

const client = aPeer();
const server = aHost();
const network = aNetwork({ loss: 0, chatter: 0.5, acknowledgements: 0.5 });
const work = fc.record({
  up: fc.integer({ min: 1, max: 1e9 }),
  down: fc.integer({ min: 1, max: 1e9 }),
  turns: fc.integer({ min: 1, max: 200 }),
});

const spread = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) / mean;
};

describe('established', () => {
  it('carries the application bytes and a header for each packet, and no packet above the MTU', () => {
    fc.assert(
      fc.property(work, fc.nat(), (asked, seed) => {
        const { up, down } = established(new Random(seed), network, client, server, asked);
        for (const [side, bytes] of [
          [up, asked.up],
          [down, asked.down],
        ] as const) {
          expect(side.bytes - side.packets * 52).toBe(bytes);
          expect(side.packets).toBeGreaterThanOrEqual(Math.floor(bytes / 1_448));
          expect(side.packets).toBeGreaterThanOrEqual(asked.turns);
        }
      }),
    );
  });

  it('has packets that the bytes do not explain', () => {
    const random = new Random('chatter');
    const asked = { up: 1_500, down: 2_000, turns: 10 };
    const packets = Array.from({ length: 300 }, () => established(random, network, client, server, asked).up.packets);
    expect(new Set(packets).size).toBeGreaterThan(8);
    expect(spread(packets)).toBeGreaterThan(0.15);
  });

  it('looks alike within one habit', () => {
    const random = new Random('habit');
    const habit = { ...drawHabit(random, network), spread: 0.05 };
    const asked = { up: 1_500, down: 2_000, turns: 10 };
    const packets = Array.from(
      { length: 300 },
      () => established(random, network, client, server, asked, habit).up.packets,
    );
    expect(spread(packets)).toBeLessThan(0.1);
  });

  it('sends more where packets are lost', () => {
    const asked = { up: 1e6, down: 1e6, turns: 3 };
    const packets = (loss: number) => {
      const random = new Random('loss');
      let sum = 0;
      for (let i = 0; i < 200; i++)
        sum += established(random, { ...network, loss }, client, server, asked).down.packets;
      return sum;
    };
    expect(packets(0.02)).toBeGreaterThan(packets(0) * 1.005);
  });

  it('uses jumbo frames inside where the network has them', () => {
    const asked = { up: 1e6, down: 1e6, turns: 1 };
    const jumbo = established(new Random(1), { ...network, insideSegment: 8_961 }, server, server, asked);
    const plain = established(new Random(1), { ...network, insideSegment: 1_460 }, server, server, asked);
    expect(jumbo.up.packets * 3).toBeLessThan(plain.up.packets);
  });

  it('is nothing for no work', () => {
    const nothing = established(new Random(1), network, client, server, { up: 0, down: 0, turns: 0 });
    expect(nothing).toEqual({ up: { packets: 0, bytes: 0 }, down: { packets: 0, bytes: 0 } });
  });
});
