import { describe, expect, it } from 'vitest';
import { randomWalk } from '../../lib/detectors/random-walk.ts';
import { addressOf, always, scene } from '../findings/scenes.ts';
import { START } from '../records.ts';

async function heard(lines: readonly string[]) {
  const scored = await scene(lines.join('\n'), always('benign'));
  return randomWalk.detect(scored).map((signal) => {
    return `${addressOf(scored, signal.actor)} ${(signal.window - START) / 300} ${signal.positions.length}`;
  });
}

const sweep = (client: string, count: number, rest = '') =>
  Array.from({ length: count }, (_, i) => `a ${client}:40000 > 10.0.${i >> 8}.${i & 255}:445 tcp flags=2 ${rest}`);
const ports = (client: string, count: number) =>
  Array.from({ length: count }, (_, i) => `a ${client}:40000 > 10.0.9.9:${i + 1} tcp flags=2`);
const answers = (count: number) =>
  Array.from({ length: count }, (_, i) => `a 10.0.0.${i}:445 > 10.1.0.1:40000 tcp packets=5 bytes=900 flags=18`);

describe('the random walk', () => {
  it('calls a host of ours a scanner from nine net failures on', async () => {
    expect(await heard(sweep('10.1.0.1', 8))).toEqual([]);
    expect(await heard(sweep('10.1.0.1', 9))).toEqual(['10.1.0.1 0 9']);
  });

  it('calls a stranger that from twenty-five on', async () => {
    expect(await heard(sweep('9.9.9.9', 24))).toEqual([]);
    expect(await heard(sweep('9.9.9.9', 25))).toEqual(['9.9.9.9 0 25']);
  });

  it('lets every success weigh against a failure', async () => {
    expect(await heard([...sweep('10.1.0.1', 20), ...answers(6)])).toEqual([]);
    expect(await heard([...sweep('10.1.0.1', 20), ...answers(5)])).toEqual(['10.1.0.1 0 20']);
  });

  it('hears a scan of one host, from whomever, from nine net failures on', async () => {
    for (const client of ['10.1.0.1', '9.9.9.9']) {
      expect(await heard(ports(client, 8))).toEqual([]);
      expect(await heard(ports(client, 9))).toEqual([`${client} 0 9`]);
    }
  });

  it('hears a scan of one host over UDP, but neither traceroutes nor peers', async () => {
    const udp = (count: number, from: number) =>
      Array.from({ length: count }, (_, i) => `a 10.1.0.1:40000 > 10.0.9.9:${from + i} udp`);
    expect(await heard(udp(8, 100))).toEqual([]);
    expect(await heard(udp(9, 100))).toEqual(['10.1.0.1 0 9']);
    expect(await heard(udp(30, 33_434))).toEqual([]);
    expect(await heard(udp(30, 6_881))).toEqual([]);
    expect(await heard([...udp(7, 100), ...udp(1, 1_900), ...udp(1, 11_211)])).toEqual(['10.1.0.1 0 9']);
  });

  it.each([
    [0.09, false],
    [0.11, true],
  ])('is enough alone about one host where the forest gives a scan %d: %s', async (probability, enough) => {
    const scored = await scene(ports('10.1.0.1', 9).join('\n'), always('scan', probability));
    expect(randomWalk.detect(scored).map(({ suffices }) => suffices)).toEqual([enough]);
  });

  it.each([
    [0.49, false],
    [0.51, true],
  ])('is enough alone where the forest gives a scan %d: %s', async (probability, enough) => {
    const scored = await scene(sweep('10.1.0.1', 9).join('\n'), always('scan', probability));
    expect(randomWalk.detect(scored).map(({ suffices }) => suffices)).toEqual([enough]);
  });

  it('counts a contact once, however often it is repeated', async () => {
    expect(await heard(Array(60).fill('a 10.1.0.1:40000 > 10.0.0.9:445 tcp flags=2'))).toEqual([]);
  });

  it('judges every window by itself', async () => {
    const lines = [...sweep('10.1.0.1', 9), ...sweep('10.1.0.1', 5, 'at=300'), ...sweep('10.1.0.1', 12, 'at=600')];
    expect(await heard(lines)).toEqual(['10.1.0.1 0 9', '10.1.0.1 2 12']);
  });

  it.each([515, 631, 9_100])('hears nothing in a search for printers on port %i', async (port) => {
    expect(await heard(sweep('10.1.0.1', 60).map((line) => line.replace(':445', `:${port}`)))).toEqual([]);
    expect(await heard(sweep('10.1.0.1', 60).map((line) => line.replace(':445', `:${port + 1}`)))).toHaveLength(1);
  });

  it("counts a printer's ports among those of one host", async () => {
    const near = Array.from({ length: 9 }, (_, i) => `a 10.1.0.1:40000 > 10.0.9.9:${9_096 + i} tcp flags=2`);
    expect(await heard(near)).toEqual(['10.1.0.1 0 9']);
  });
});
