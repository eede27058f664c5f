import { describe, expect, it } from 'vitest';
import { surges } from '../../lib/detectors/surges.ts';
import { always, type Judge, scene } from '../findings/scenes.ts';
import { many, told } from './telling.ts';

/** Traffic of others at the first and the last second of the run, nine windows. */
const RUN = `a 10.0.0.7:40000 > 10.0.0.8:53 udp at=0
  a 10.0.0.7:40001 > 10.0.0.8:53 udp at=2400`;

interface Crowd {
  clients?: number;
  client?: (index: number) => string;
  server?: string;
  protocol?: string;
  at?: number;
}

/** So many answered connections within a minute, of several strangers in turn. */
function crowd(connections: number, options: Crowd = {}): string {
  const { clients = 5, client = (index: number) => `9.9.9.${index}`, server = '10.0.0.1:443' } = options;
  const { protocol = 'tcp', at = 900 } = options;
  const [there, back] = protocol === 'tcp' ? [' flags=3', ' flags=19'] : ['', ''];
  return many(connections, (index) => {
    const end = `${client(index % clients)}:${10_000 + index}`;
    return `a ${end} > ${server} ${protocol} packets=8 bytes=900${there} at=${at + (index % 60)}
      a ${server} > ${end} ${protocol} packets=8 bytes=5000${back} at=${at + (index % 60)}`;
  });
}

const likely = always('denial-of-service', 0.11);
const heard = (lines: readonly string[], judge: Judge = likely) => told(surges, [RUN, ...lines].join('\n'), judge);

describe('the test for surges', () => {
  it('hears ten connections a second to a service of ours, about that service', async () => {
    expect(await heard([crowd(600)])).toEqual(['denial-of-service by 10.0.0.1']);
    expect(await heard([crowd(599)])).toEqual([]);
  });

  it('hears ten times as many as in the window in the middle, and no less', async () => {
    const usual = (connections: number) =>
      [0, 300, 600, 1_200, 1_500].map((at) => crowd(connections, { at, clients: 1 }));
    expect(await heard([crowd(600), ...usual(60)])).toHaveLength(1);
    expect(await heard([crowd(600), ...usual(61)])).toEqual([]);
    // In four of nine windows it is busy, so that the one in the middle is not.
    expect(await heard([crowd(600), ...usual(61).slice(0, 3)])).toHaveLength(1);
  });

  it('says how many connections there were, and from how many on it is a surge', async () => {
    const usual = [0, 300, 600, 1_200, 1_500].map((at) => crowd(50, { at, clients: 1 }));
    const scored = await scene([RUN, crowd(700), ...usual].join('\n'), likely);
    expect(surges.detect(scored)).toMatchObject([
      { observed: { connectionsInFiveMinutes: 700 }, expected: { connectionsInFiveMinutes: 500 } },
    ]);
  });

  it('bears out others where the forest knows the callers', async () => {
    expect(await heard([crowd(600)], always('denial-of-service', 0.09))).toEqual(['denial-of-service? by 10.0.0.1']);
  });

  it.each([
    ['four strangers, who are better named one by one', crowd(600, { clients: 4 })],
    ['hosts of ours', crowd(600, { client: (index) => `10.0.1.${index}` })],
    ['datagrams, as of file sharing', crowd(600, { protocol: 'udp' })],
    ["a stranger's service", crowd(600, { server: '8.8.8.8:443' })],
    ['nobody', ''],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await heard([lines])).toEqual([]);
  });
});
