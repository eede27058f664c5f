import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldTarget, lightestRows, REST_ADDRESS } from '../../lib/conversations/overflow.ts';
import { F, ROW_WORDS, W } from '../../lib/conversations/row.ts';
import { floatsOf } from '../../lib/conversations/update.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';

interface Plan {
  readonly packets: number;
  readonly members?: number;
}

/** Rows of these weights; `members` makes one a rest row. */
function rowsOf(plans: readonly Plan[]) {
  const words = new Uint32Array(plans.length * ROW_WORDS);
  const floats = floatsOf(words);
  for (const [row, { packets, members = 0 }] of plans.entries()) {
    // Half each way: a weight is what went either way.
    floats[((row * ROW_WORDS) >> 1) + F.forwardPackets] = packets / 2;
    floats[((row * ROW_WORDS) >> 1) + F.backwardPackets] = packets / 2;
    words[row * ROW_WORDS + W.members] = members;
  }
  return { words, floats };
}

/** Numbers of the rows that are folded. */
function folded(plans: readonly Plan[]): number[] {
  const { words, floats } = rowsOf(plans);
  const isLight = lightestRows(words, floats, plans.length);
  return plans.map((_, row) => row).filter((row) => isLight(row));
}

const ordinary = (...weights: number[]): Plan[] => weights.map((packets) => ({ packets }));

describe('the rows to fold', () => {
  it.each([
    ['the lighter half and one more', ordinary(5, 1, 4, 2, 3, 6), [1, 2, 3, 4]],
    ['of an odd number as many as leaves the heavier', ordinary(9, 1, 5), [1, 2]],
    ['of equal ones the first', ordinary(7, 7, 7, 7), [0, 1, 2]],
    ['all below the limit, then of those at it the first', ordinary(2, 9, 2, 1, 2, 9), [0, 2, 3, 4]],
    ['a single one', ordinary(3), [0]],
    ['both of two', ordinary(3, 4), [0, 1]],
  ])('are %s', (_, plans, expected) => {
    expect(folded(plans)).toEqual(expected);
  });

  it('are ordinary rows only, while rest rows are no more than half', () => {
    const plans = [{ packets: 1, members: 3 }, { packets: 1, members: 1 }, ...ordinary(8, 9, 5)];
    expect(folded(plans)).toEqual([2, 4]);
  });

  it('are rest rows once those have taken over', () => {
    const plans = [
      ...ordinary(1),
      { packets: 10, members: 3 },
      { packets: 5, members: 1 },
      { packets: 20, members: 2 },
    ];
    expect(folded(plans)).toEqual([1, 2]);
  });

  it('are more than half, never all of three and more, and none is heavier than one that stays', () => {
    const plans = fc.array(fc.record({ packets: fc.nat(9), members: fc.constantFrom(0, 0, 0, 2) }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(plans, (all) => {
        const rests = all.filter(({ members }) => members > 0).length;
        const foldsRests = rests * 2 > all.length;
        const candidates = all.map((_, row) => row).filter((row) => all[row].members > 0 === foldsRests);
        const light = folded(all);
        expect(light).toHaveLength(
          (candidates.length >> 1) + 1 > candidates.length ? candidates.length : (candidates.length >> 1) + 1,
        );
        expect(light.every((row) => candidates.includes(row))).toBe(true);
        const stay = candidates.filter((row) => !light.includes(row));
        const heaviest = Math.max(...light.map((row) => all[row].packets));
        for (const row of stay) expect(all[row].packets).toBeGreaterThanOrEqual(heaviest);
      }),
    );
  });
});

describe('the rest row of a conversation', () => {
  const OURS = new NetworkSet(PRIVATE_NETWORKS);
  const names = createNames();
  const code = (address: string) => (address === '-' ? REST_ADDRESS : names.addresses.parse(address));

  /** Where a conversation of these two goes, addresses as text. */
  function target(client: string, server: string, { members = 0, service = (6 << 16) | 443 } = {}) {
    const words = new Uint32Array(ROW_WORDS);
    words[W.observer] = 5;
    words[W.client] = code(client);
    words[W.server] = code(server);
    words[W.service] = service;
    words[W.window] = 300;
    words[W.members] = members;
    const key = foldTarget(words, 0, names.addresses, OURS);
    const text = (value: number) => (value === REST_ADDRESS ? '-' : names.addresses.format(value));
    return { ...key, client: text(key.client), server: text(key.server) };
  }

  it.each([
    ['a host of ours that calls a stranger', '10.0.0.1', '8.8.8.8', '10.0.0.1', '-'],
    ['a host of ours that calls another', '10.0.0.1', '10.0.0.2', '10.0.0.1', '-'],
    ['a stranger that calls a host of ours', '8.8.8.8', '10.0.0.2', '-', '10.0.0.2'],
    ['a stranger that calls a stranger', '8.8.8.8', '9.9.9.9', '-', '-'],
    ['IPv6, ours', 'fd00::1', '2001:db8::1', 'fd00::1', '-'],
    ['IPv6, theirs', '2001:db8::1', 'fd00::1', '-', 'fd00::1'],
    ['what is a rest already on one side', '-', '10.0.0.2', '-', '10.0.0.2'],
  ])('keeps of %s the host of ours', (_, client, server, keptClient, keptServer) => {
    expect(target(client, server)).toMatchObject({ client: keptClient, server: keptServer, observer: 5, window: 300 });
  });

  it('keeps the protocol and forgets the port', () => {
    for (const protocol of [0, 1, 6, 17, 58, 255]) {
      expect(target('10.0.0.1', '8.8.8.8', { service: (protocol << 16) | 65_535 }).service >>> 16).toBe(protocol);
      expect(target('10.0.0.1', '8.8.8.8', { service: (protocol << 16) | 65_535 }).service & 0xffff).toBe(0);
    }
  });

  it('is one for all rest rows', () => {
    const one = { observer: 0, client: '-', server: '-', service: 0, window: 0 };
    expect(target('10.0.0.1', '-', { members: 4 })).toEqual(one);
    expect(target('-', '10.0.0.2', { members: 1 })).toEqual(one);
  });
});
