import { describe, expect, it } from 'vitest';
import { FEATURES } from '../../lib/features/catalog.ts';
import { FAMILIAR, unfamiliarIn } from '../../lib/history/unfamiliar.ts';
import type { Novelty } from '../../lib/model/novelty.ts';
import { always, scene } from '../findings/scenes.ts';
import { START } from '../records.ts';
import { HOUR } from './describe.ts';

/** Unlike training are conversations with more than 2 to the fifth packets from the client. */
const PACKETS = FEATURES.findIndex(({ name }) => name === 'forward_packets');
const along = (i: number, value: number) => FEATURES.map((_, feature) => (feature === i ? value : 0));
const novelty: Novelty = {
  centre: FEATURES.map(() => 0),
  whitening: FEATURES.map((_, feature) => along(PACKETS, feature === PACKETS ? Math.sqrt(FEATURES.length) : 0)),
  beyond: 5,
};

/** Seconds after `START` at which the window of the hour of `START` begins that is looked at. */
const LOOKED = HOUR + ((HOUR / 3_600) % 12) * 300 - START;
const flow = (client: string, server: string, packets: number, at = LOOKED) =>
  `eni-a ${client}:40000 > ${server}:443 tcp packets=${packets} bytes=${packets * 100} at=${at + 10}`;
const of = async (lines: readonly string[], manifest: { novelty?: Novelty } = { novelty }) =>
  unfamiliarIn(await scene(lines.join('\n'), always('scan', 0), manifest), HOUR);

describe('what is unlike the training in an hour', () => {
  it('is counted in one of its windows, by our end', async () => {
    const lines = [
      flow('10.0.0.1', '9.9.9.9', 900),
      flow('10.0.0.1', '9.9.9.8', 900),
      flow('9.9.9.7', '10.0.0.2', 900),
      flow('10.0.0.3', '9.9.9.9', 3),
    ];
    expect(await of(lines)).toEqual({
      conversations: 4,
      unlike: 3,
      hosts: [
        ['10.0.0.1', 2],
        ['10.0.0.2', 1],
      ],
    });
  });

  it('leaves out the other windows', async () => {
    expect(await of([flow('10.0.0.1', '9.9.9.9', 900, LOOKED + 300)])).toEqual(FAMILIAR);
  });

  it('counts strangers among themselves without a name', async () => {
    expect(await of([flow('9.9.9.7', '9.9.9.9', 900)])).toEqual({ conversations: 1, unlike: 1, hosts: [] });
  });

  it('is nothing for a model without a measure of it', async () => {
    expect(await of([flow('10.0.0.1', '9.9.9.9', 900)], {})).toEqual(FAMILIAR);
  });
});
