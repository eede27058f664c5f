import { describe, expect, it } from 'vitest';
import { firstEgress } from '../../../lib/history/detectors/first-egress.ts';
import { host, track } from '../describe.ts';
import { caller, fresh, told, usual } from './scenes.ts';

const inside = usual({ day: { peers: 0, bytesOut: 0, bytesOutHourMost: 0 } });

describe('the first-egress test', () => {
  it('sees a host that never talked to strangers and now does', () => {
    expect(told(firstEgress, [caller([fresh()], { baseline: inside })])).toEqual([
      'first-internet-egress by 10.0.0.1 at -',
    ]);
  });

  it('sees it also where calls in vain were logged on the usual days', () => {
    const blocked = usual({ day: { peers: 0, bytesOut: 2_000, bytesOutHourMost: 100 } });
    expect(told(firstEgress, [caller([fresh()], { baseline: blocked })])).toHaveLength(1);
    const serving = usual({ day: { peers: 0, bytesOut: 5e6, bytesOutHourMost: 1e6 } });
    expect(told(firstEgress, [caller([fresh()], { baseline: serving })])).toEqual([]);
  });

  it.each([
    ['a host that talks to strangers', [caller([fresh()])]],
    ['a host that is still learning', [caller([fresh()], { baseline: undefined })]],
    ['a call that nobody answers', [caller([fresh({ answered: false })], { baseline: inside })]],
    ['a call inside', [caller([fresh({ server: host('10.0.0.9') })], { baseline: inside })]],
    ['strangers that it talked to at the beginning', [caller([fresh(), track()], { baseline: inside })]],
  ])('sees nothing in %s', (_, hosts) => {
    expect(told(firstEgress, hosts)).toEqual([]);
  });
});
