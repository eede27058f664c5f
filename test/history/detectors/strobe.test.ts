import { describe, expect, it } from 'vitest';
import { strobe } from '../../../lib/history/detectors/strobe.ts';
import { HOUR, host, trackHours } from '../describe.ts';
import { caller, fresh, LATER, told, usual } from './scenes.ts';

const flickering = (perHour: number, hours: number, given = {}) => {
  const series = trackHours(hours, { flows: perHour });
  const starts = series.starts.map((start) => start - HOUR + LATER);
  return fresh({ hours: { ...series, starts }, flows: perHour * hours, ...given }, hours);
};

describe('the strobe test', () => {
  it('sees more than a connection a second for hours', () => {
    expect(told(strobe, [caller([flickering(4_000, 6)])])).toEqual(['strobe by 10.0.0.1 at 203.0.113.1 443/tcp']);
  });

  it.each([
    ['less than one a second', flickering(3_500, 12)],
    ['a load test of a few hours', flickering(9_000, 5)],
    ['a place inside', flickering(4_000, 6, { server: host('10.0.0.9') })],
    ['a place that never answers', flickering(4_000, 6, { answered: false })],
  ])('sees nothing in %s', (_, track) => {
    expect(told(strobe, [caller([track])])).toEqual([]);
  });

  it('sees nothing in what is usual', () => {
    const baseline = usual({ places: ['203.0.113.1 443/tcp'] });
    expect(told(strobe, [caller([flickering(4_000, 6)], { baseline })])).toEqual([]);
  });
});
