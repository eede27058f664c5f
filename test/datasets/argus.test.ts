import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPackets, stateFlags } from '../../lib/datasets/argus.ts';

describe('packets of both sides', () => {
  it.each([
    [10, 800, 2_200, 5, 'half where nothing speaks against it'],
    [5, 800, 800, 3, 'the odd one to the source'],
    [3, 180, 0, 3, 'all to the only side with bytes'],
    [3, 0, 180, 0, 'all to the only side with bytes'],
    [10, 10_000, 120, 8, 'at most as many as minimal frames fit into the bytes of the other'],
    [414_671, 10_150_692, 405_238_754, 147_010, 'at least as many as maximal frames need'],
    [2, 62, 60, 1, 'one each'],
    [1, 62, 60, 1, 'a single packet to the source, whatever the bytes say'],
    [10, 70, 70, 9, 'at least one to each side, however small the frames'],
    [0, 0, 0, 0, 'none of none'],
  ])('of %i in %i and %i bytes: %i to the source, %s', (packets, sourceBytes, destinationBytes, expected) => {
    expect(splitPackets(packets, sourceBytes, destinationBytes)).toBe(expected);
  });

  it('add up, and leave neither side with bytes and no packet', () => {
    const bytes = fc.integer({ min: 0, max: 1e9 });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e6 }), bytes, bytes, (packets, sourceBytes, destinationBytes) => {
        const source = splitPackets(packets, sourceBytes, destinationBytes);
        expect(source).toBeGreaterThanOrEqual(sourceBytes > 0 ? 1 : 0);
        expect(packets - source).toBeGreaterThanOrEqual(destinationBytes > 0 ? 1 : 0);
      }),
    );
  });
});

describe('flags of a state', () => {
  it.each([
    ['FSPA_FSPA', [3, 19]],
    ['S_RA', [2, 4]],
    ['S_', [2, 0]],
    ['_FSPA', [0, 19]],
    ['SRPA_SPA', [6, 18]],
    ['PA_PA', [0, 0]],
    ['SA_', [18, 0]],
    ['SA_R', [18, 4]],
    ['SA_SA', [2, 18]],
    ['FSRPAEC_FA', [7, 1]],
    ['CON', [undefined, undefined]],
    ['', [undefined, undefined]],
    ['S_X', [undefined, undefined]],
    ['S_A_F', [undefined, undefined]],
  ])('%s', (state, expected) => {
    expect(stateFlags(state)).toEqual(expected);
  });
});
