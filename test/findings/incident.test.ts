import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REST_ADDRESS } from '../../lib/conversations/overflow.ts';
import { ANYBODY, type Signal } from '../../lib/detectors/detector.ts';
import { incidents } from '../../lib/findings/incident.ts';
import { START } from '../records.ts';

const signal = (window: number, positions: readonly number[] = [window], change: Partial<Signal> = {}): Signal => ({
  class: 'scan',
  actor: 1,
  actorIsVictim: false,
  scope: ANYBODY,
  window: START + 300 * window,
  suffices: true,
  positions,
  ...change,
});

const windowsOf = (...windows: readonly number[]) =>
  incidents(new Map([['forest', windows.map((window) => signal(window))]])).map((incident) =>
    incident.windows.map((window) => (window - START) / 300),
  );

describe('incidents', () => {
  it('suffice when one of their signals does', () => {
    const weak = signal(0, [0], { suffices: false });
    expect(incidents(new Map([['flatness', [weak]]]))).toMatchObject([{ suffices: false }]);
    const both = incidents(
      new Map([
        ['flatness', [weak]],
        ['forest', [signal(1)]],
      ]),
    );
    expect(both).toMatchObject([{ suffices: true, windows: [START, START + 300] }]);
  });

  it.each([
    ['a single window', [0], [[0]]],
    ['windows in a row', [0, 1, 2], [[0, 1, 2]]],
    ['one silent window between', [0, 2, 4], [[0, 2, 4]]],
    ['two silent windows between', [0, 3], [[0], [3]]],
    ['windows out of order', [5, 0, 1, 9, 4], [[0, 1], [4, 5], [9]]],
    ['a window twice', [3, 3], [[3]]],
    ['nothing', [], []],
  ])('of %s', (_, windows, expected) => {
    expect(windowsOf(...windows)).toEqual(expected);
  });

  it.each([
    ['class', { class: 'exfiltration' as const }],
    ['actor', { actor: 2 }],
    ['role', { actorIsVictim: true }],
    ['target', { scope: 7 }],
  ])('are kept apart by %s', (_, change) => {
    expect(incidents(new Map([['forest', [signal(0), signal(0, [1], change)]]]))).toHaveLength(2);
  });

  it('are kept apart by type where they are other attacks, and joined by class where they are not', () => {
    const named = (name: Signal['class'], type: string, window: number) =>
      signal(window, [window], { class: name, type });
    const others = [named('other-attack', 'mining', 0), named('other-attack', 'spam-bot', 0)];
    expect(incidents(new Map([['x', others]])).map((one) => [...one.named])).toEqual([['mining'], ['spam-bot']]);
    const guessing = [signal(0, [0], { class: 'brute-force' }), named('brute-force', 'brute-force-success', 1)];
    expect(incidents(new Map([['x', guessing]])).map((one) => [...one.named])).toEqual([['brute-force-success']]);
  });

  it('of a state are one a day, however far its windows lie apart', () => {
    const state = (window: number) =>
      signal(window, [window], { class: 'other-attack', type: 'mining', isState: true });
    const midnight = Math.ceil(START / 86_400) * 86_400;
    const tomorrow = (midnight - START) / 300;
    const found = incidents(new Map([['x', [state(0), state(9), state(tomorrow)]]]));
    expect(found.map(({ began, windows }) => [began, windows.length])).toEqual([
      [midnight - 86_400, 2],
      [midnight, 1],
    ]);
  });

  it('keep the figures of the first detector that has some', () => {
    const measured = (window: number, packets: number) => signal(window, [window], { observed: { packets } });
    const found = incidents(new Map([['x', [signal(0), measured(2, 7), measured(1, 5)]]]));
    expect(found).toMatchObject([{ observed: { packets: 5 }, expected: undefined }]);
  });

  it('name their witnesses in the order of the detectors, and each position once', () => {
    const found = incidents(
      new Map([
        ['walk', [signal(1, [4, 2])]],
        ['volume', []],
        ['forest', [signal(0, [9]), signal(1, [2, 3])]],
      ]),
    );
    expect(found).toMatchObject([
      {
        class: 'scan',
        actor: 1,
        actorIsVictim: false,
        scope: ANYBODY,
        windows: [START, START + 300],
        positions: [2, 3, 4, 9],
        suffices: true,
        witnesses: ['walk', 'forest'],
      },
    ]);
  });

  it('name a witness of one run only there', () => {
    const found = incidents(
      new Map([
        ['walk', [signal(0)]],
        ['forest', [signal(0), signal(8)]],
      ]),
    );
    expect(found.map(({ witnesses }) => witnesses)).toEqual([['walk', 'forest'], ['forest']]);
  });

  it('are the same whatever the order of signals', () => {
    const anySignal = fc
      .record({
        class: fc.constantFrom<Signal['class']>('scan', 'exfiltration'),
        actor: fc.nat({ max: 2 }),
        actorIsVictim: fc.boolean(),
        scope: fc.constantFrom(ANYBODY, 3),
        window: fc.nat({ max: 12 }),
        positions: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }),
      })
      .map(({ window, positions, ...rest }) => signal(window, positions, rest));
    const anyOrder = fc
      .array(anySignal, { maxLength: 30 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(anyOrder, anyOrder, ([a, shuffledA], [b, shuffledB]) => {
        const found = incidents(
          new Map([
            ['walk', a],
            ['forest', b],
          ]),
        );
        expect(
          incidents(
            new Map([
              ['walk', shuffledA],
              ['forest', shuffledB],
            ]),
          ),
        ).toEqual(found);
      }),
    );
  });

  it('are about somebody: hosts that rest rows have forgotten raise none', () => {
    expect(incidents(new Map([['forest', [signal(0, [1], { actor: REST_ADDRESS })]]]))).toEqual([]);
  });

  it('leave the signals as they are', () => {
    const raised = [signal(5), signal(0)];
    incidents(new Map([['forest', raised]]));
    expect(raised).toEqual([signal(5), signal(0)]);
  });
});
