import { describe, expect, it } from 'vitest';
import { fileTransfers } from '../../lib/detectors/file-transfers.ts';
import { always, scene } from '../findings/scenes.ts';

const [CLIENT, SERVER] = ['10.0.0.1', '10.0.0.2'];

/** Connections that are answered, one every ten seconds, from ports of their own to those that `port` names. */
function connections(count: number, port: (index: number) => number, from = CLIENT, to = SERVER): string {
  return Array.from({ length: count }, (_, i) => {
    const [here, there, at] = [`${from}:${40_000 + i}`, `${to}:${port(i)}`, 10 * i];
    return `a ${here} > ${there} tcp packets=9 bytes=900 flags=3 at=${at}\na ${there} > ${here} tcp packets=9 bytes=9000 flags=19 at=${at}`;
  }).join('\n');
}

const sessions = (count: number) => connections(count, () => 21);

/** Number of FTP conversations, or of those of another service, that move files. */
async function moving(...lines: string[]): Promise<number> {
  const scored = await scene(lines.join('\n'), always('benign'));
  return fileTransfers(scored, [...scored.rows.keys()]).size;
}

describe('sessions that move files', () => {
  it('have a connection with data beside each, to a port of the server or from its port 20', async () => {
    expect(
      await moving(
        sessions(10),
        connections(10, (i) => 50_001 + i),
      ),
    ).toBe(1);
    expect(
      await moving(
        sessions(10),
        connections(10, (i) => 2_101 + i),
      ),
    ).toBe(1);
    const active = connections(10, (i) => 51_000 + i, SERVER, CLIENT).replaceAll(/10\.0\.0\.2:4\d{4}/g, '10.0.0.2:20');
    expect(await moving(sessions(10), active)).toBe(1);
  });

  it('have one beside every other at least', async () => {
    expect(
      await moving(
        sessions(10),
        connections(5, (i) => 50_001 + i),
      ),
    ).toBe(1);
    expect(
      await moving(
        sessions(10),
        connections(4, (i) => 50_001 + i),
      ),
    ).toBe(0);
  });

  it('are by FTP', async () => {
    const ssh = connections(10, () => 22);
    expect(
      await moving(
        ssh,
        connections(10, (i) => 50_001 + i),
      ),
    ).toBe(0);
  });

  it.each([
    ['nothing beside them', []],
    ['visits to known services of the same host', [connections(10, () => 443), connections(10, () => 8080)]],
    ['connections with other hosts', [connections(10, (i) => 50_001 + i, CLIENT, '10.0.0.3')]],
    ['connections of other clients', [connections(10, (i) => 50_001 + i, '10.0.0.3')]],
    ['a scan of their server, which answers nothing', [connections(10, (i) => 50_001 + i).replaceAll(/\na.*/g, '')]],
    ['connections in another window', [connections(10, (i) => 50_001 + i).replaceAll(/at=(\d+)/g, 'at=4$1')]],
  ])('are not those with %s', async (_, lines) => {
    expect(await moving(sessions(10), ...lines)).toBe(0);
  });

  it('are none without sessions', async () => {
    expect(await moving(connections(10, (i) => 50_001 + i))).toBe(0);
  });
});
