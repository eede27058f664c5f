import { describe, expect, it } from 'vitest';
import { newSweeps } from '../../lib/detectors/new-sweeps.ts';
import { addressOf, always, type Judge, scene } from '../findings/scenes.ts';

/** Traffic at the first and the last second of the run; 10.0.0.1 and fd00::1 are there from the beginning. */
const run = (lastSeconds = 2_400) =>
  `a 10.0.0.1:40000 > 10.0.0.8:53 udp at=0\na [fd00::1]:40000 > [fd00::8]:53 udp at=0\na 10.0.0.7:40001 > 10.0.0.8:53 udp at=${lastSeconds}`;

interface Sweep {
  client?: string;
  port?: number;
  from?: number;
  protocol?: string;
  network?: string;
}

/** Contacts that nobody answers, with one host after another. */
function sweep(contacts: number, options: Sweep = {}) {
  const { client = '10.0.0.1', port = 445, from = 600, protocol = 'tcp', network = '10.0.9' } = options;
  const flags = protocol === 'tcp' ? ' flags=2' : '';
  return Array.from(
    { length: contacts },
    (_, i) => `a ${client}:40000 > ${network}.${i}:${port} ${protocol}${flags} at=${from + i}`,
  ).join('\n');
}

const search = (from: number) => sweep(12, { from });

async function heard(lines: readonly string[], judge: Judge = always('scan', 0.021)) {
  const scored = await scene(lines.join('\n'), judge);
  return newSweeps.detect(scored).map(({ actor, window, positions, suffices }) => {
    return `${addressOf(scored, actor)} ${window - scored.context.firstWindow} ${positions.length} ${suffices}`;
  });
}

describe('the test for new sweeps', () => {
  it('hears nine contacts that fail on a service that the client was not with, and is enough alone', async () => {
    expect(await heard([run(), sweep(9)])).toEqual(['10.0.0.1 600 9 true']);
  });

  it('hears each window, and datagrams as well', async () => {
    const later = sweep(12, { from: 900, port: 161, protocol: 'udp' });
    expect(await heard([run(), sweep(10), later])).toEqual(['10.0.0.1 600 10 true', '10.0.0.1 900 12 true']);
  });

  it("hears strangers' UDP services that scanners look for, and no peers", async () => {
    const abroad = (port: number) => sweep(12, { network: '9.9.9', port, protocol: 'udp' });
    expect(await heard([run(), abroad(1_900)])).toEqual(['10.0.0.1 600 12 true']);
    expect(await heard([run(), abroad(6_128)])).toEqual([]);
  });

  it("hears strangers' services of administration, and no web servers", async () => {
    const abroad = (port: number) => sweep(12, { network: '9.9.9', port });
    expect(await heard([run(), abroad(2_375)])).toEqual(['10.0.0.1 600 12 true']);
    expect(await heard([run(), abroad(443)])).toEqual([]);
  });

  it('hears a sweep beside a program whose servers are gone, and not the program', async () => {
    const program = (from: number) => sweep(12, { from, port: 1812, protocol: 'udp' });
    expect(await heard([run(), program(0), program(600), sweep(9)])).toEqual(['10.0.0.1 600 9 true']);
    expect(await heard([run(), program(0), program(600)])).toEqual([]);
  });

  it('hears pings where the forest gives a tenth', async () => {
    const pings = sweep(12, { port: 0, protocol: 'icmp' });
    expect(await heard([run(), pings], always('scan', 0.11))).toEqual(['10.0.0.1 600 12 true']);
    expect(await heard([run(), pings], always('scan', 0.09))).toEqual([]);
  });

  it('hears a sweep beside a search for printers', async () => {
    expect(await heard([run(), sweep(12), sweep(12, { port: 9100 })])).toEqual(['10.0.0.1 600 12 true']);
  });

  it('hears who is with another service all along', async () => {
    const other = sweep(1, { port: 443, from: 0 });
    expect(await heard([run(), other, sweep(9)])).toHaveLength(1);
  });

  it.each([
    ['eight contacts', [run(), sweep(8)]],
    ['a service that the client was with before', [run(), sweep(1, { from: 10 }), sweep(20)]],
    ['what begins with the run', [run(), sweep(20, { from: 0 })]],
    ['strangers, who begin all day', [run(), sweep(40, { client: '9.9.9.9' })]],
    [
      'contacts that are answered',
      [run(), sweep(9), sweep(9).replaceAll(/a (\S+) > (\S+) tcp flags=2/g, 'a $2 > $1 tcp flags=18')],
    ],
    ['searches that come back as seldom as they may have come before', [run(), ...[600, 1_500, 2_400].map(search)]],
    ['nothing at all', []],
  ])('hears nothing in %s', async (_, lines) => {
    expect(await heard(lines)).toEqual([]);
  });

  it('hears nothing that the forest takes for a search', async () => {
    expect(await heard([run(), sweep(30)], always('scan', 0.019))).toEqual([]);
    expect(await heard([run(), sweep(30)], always('benign'))).toEqual([]);
  });

  it('asks the forest about one contact and not about all', async () => {
    let asked = 0;
    expect(await heard([run(), sweep(9)], () => (asked++ === 5 ? { scan: 0.4 } : { benign: 1 }))).toHaveLength(1);
  });
});
