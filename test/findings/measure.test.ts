import { describe, expect, it } from 'vitest';
import { ROW_WORDS, W } from '../../lib/conversations/row.ts';
import { ANYBODY } from '../../lib/detectors/detector.ts';
import type { Scored } from '../../lib/detectors/scored.ts';
import type { Incident } from '../../lib/findings/incident.ts';
import { measure } from '../../lib/findings/measure.ts';
import { START } from '../records.ts';
import { always, scene } from './scenes.ts';

/** Starts of the windows of its conversations, each once. */
function windowsOf({ conversations, rows }: Scored): number[] {
  return [...new Set([...rows].map((row) => conversations.words[row * ROW_WORDS + W.window]))].sort((a, b) => a - b);
}

async function measured(lines: string) {
  const scored = await scene(lines, ({ is_unanswered }) => ({ scan: is_unanswered === 1 ? 0.5 : 0.75 }));
  return measure(scored, incidentOf(scored));
}

function incidentOf(scored: Scored): Incident {
  return {
    class: 'scan',
    actor: 0,
    actorIsVictim: false,
    scope: ANYBODY,
    windows: windowsOf(scored),
    positions: [...scored.rows.keys()],
    suffices: true,
    named: new Set(),
    began: START,
    observed: undefined,
    expected: undefined,
    witnesses: ['forest'],
  };
}

const there = 'a 10.0.0.1:40000 > 10.0.1.1:22 tcp';

describe('measures', () => {
  it('add up over the conversations', async () => {
    const { clients, servers, services, ...figures } = await measured(`
      ${there} packets=5 bytes=500 flags=2 at=10 for=20
      ${there} packets=5 bytes=300 flags=2 at=20 for=20
      a 10.0.1.1:22 > 10.0.0.1:40000 tcp packets=4 bytes=900 flags=18 at=11 for=99
      a 10.0.0.1:40000 > 8.8.8.8:80 tcp packets=1 bytes=40 flags=2 at=15
    `);
    expect([clients.size, servers.size, services.size]).toEqual([1, 2, 2]);
    expect([...clients.values()]).toEqual([2]);
    expect(figures).toEqual({
      conversations: 2,
      failures: 1,
      flows: 4,
      attempts: 3,
      packetsSent: 11,
      packetsReceived: 4,
      bytesSent: 840,
      bytesReceived: 900,
      serversOfOurs: 1,
      firstSeconds: START + 10,
      lastSeconds: START + 110,
      activeSeconds: 100,
      answered: true,
      probability: 0.75,
    });
  });

  it('turn the conversations of which the actor is the server and no victim', async () => {
    const scored = await scene('a 10.0.0.1:4323 > 9.9.9.9:51000 udp packets=7 bytes=700', always('denial-of-service'));
    const at = scored.rows[0] * ROW_WORDS;
    const { words } = scored.conversations;
    const incident = (actorIsVictim: boolean): Incident => ({
      ...incidentOf(scored),
      actor: words[at + W.server],
      actorIsVictim,
    });
    const turned = measure(scored, incident(false));
    expect(turned).toMatchObject({ packetsSent: 7, bytesSent: 700, packetsReceived: 0, attempts: 1, serversOfOurs: 0 });
    expect([...turned.clients.keys()]).toEqual([words[at + W.server]]);
    expect(measure(scored, incident(true))).toMatchObject({ packetsSent: 0, packetsReceived: 7, serversOfOurs: 1 });
  });

  it('count flows as attempts where the log has no flags', async () => {
    expect(await measured(`${there}\n${there}\n${there}`)).toMatchObject({ attempts: 3, answered: false });
  });

  it('count the time in windows only, at least a second', async () => {
    expect(await measured(`${there} at=0`)).toMatchObject({ activeSeconds: 1 });
    expect(await measured(`${there} at=0 for=500`)).toMatchObject({ activeSeconds: 500 });
    expect(await measured(`${there} at=0 for=900`)).toMatchObject({ activeSeconds: 600 });
    expect(await measured(`${there} at=0 for=60\n${there} at=900 for=60`)).toMatchObject({ activeSeconds: 600 });
  });

  it('do not believe an end that is years ahead', async () => {
    const { lastSeconds } = await measured(`${there} at=0 for=300000000`);
    expect(lastSeconds).toBe(START - (START % 300) + 900);
  });

  it('have the highest probability of their class', async () => {
    const scored = await scene(there, always('exfiltration', 0.7));
    const incident = { class: 'exfiltration', windows: [START], positions: [0] } as unknown as Incident;
    expect(measure(scored, incident).probability).toBeCloseTo(0.7, 6);
  });
});
