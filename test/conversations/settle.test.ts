import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { settle } from '../../lib/conversations/settle.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { build } from '../records.ts';
import { settledLog, story } from './settled.ts';
import { anyLog, anyShuffledLog } from './traffic.ts';

describe('translators', () => {
  const first = '10.0.0.1:40000 > 10.0.9.9:443 tcp pkt-srcaddr=10.0.0.1 pkt-dstaddr=8.8.8.8';
  const second = '10.0.9.9:1025 > 8.8.8.8:443 tcp pkt-srcaddr=10.0.9.9 pkt-dstaddr=8.8.8.8';

  it('report a flow twice, of which the leg that names the true client is kept', () => {
    expect(story(`eni-nat ${first}\neni-nat ${second}`)).toEqual(['10.0.0.1 > 8.8.8.8:443 1/0']);
  });

  it('keep a second leg whose first leg is not there', () => {
    const lines = `eni-nat ${first}\neni-nat ${second.replaceAll('8.8.8.8', '9.9.9.9')}`;
    expect(story(lines)).toEqual(['10.0.0.1 > 8.8.8.8:443 1/0', '10.0.9.9 > 9.9.9.9:443 1/0']);
  });

  it('let the instance and the gateway report the same conversation, which counts once', () => {
    const own = 'eni-i 10.0.0.1:40000 > 8.8.8.8:443 tcp pkt-srcaddr=10.0.0.1 pkt-dstaddr=8.8.8.8';
    expect(story(`${own}\neni-nat ${first}\neni-nat ${second}`)).toEqual(['10.0.0.1 > 8.8.8.8:443 1/0']);
  });

  it('leave the traffic of pods on a host as it is: each pod is a client', () => {
    const pods = ['10.0.0.51', '10.0.0.52'].map(
      (pod) => `eni-host 10.0.0.50:40000 > 8.8.8.8:443 tcp pkt-srcaddr=${pod} pkt-dstaddr=8.8.8.8`,
    );
    expect(story(pods.join('\n'))).toEqual(['10.0.0.51 > 8.8.8.8:443 1/0', '10.0.0.52 > 8.8.8.8:443 1/0']);
  });
});

describe('settling', () => {
  it('gives the same whatever the order of the records', () => {
    fc.assert(
      fc.property(anyShuffledLog, ({ log, shuffled }) => {
        expect(settledLog(shuffled)).toEqual(settledLog(log));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nothing to settle', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const rows = settledLog(log);
        const keys = rows.map(({ client, server, port, protocol, window }) =>
          [client, server, port, protocol, window].join(),
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('of nothing is nothing', () => {
    expect([...settle(new Conversations(createNames()))]).toEqual([]);
  });

  it('lists rows in order of first sight', () => {
    const conversations = build('eni-a 10.0.0.9:40000 > 10.0.0.2:1 tcp\neni-a 10.0.0.1:40000 > 10.0.0.2:2 tcp');
    expect([...settle(conversations)]).toEqual([0, 1]);
  });
});
