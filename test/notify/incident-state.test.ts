import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../lib/findings/finding.ts';
import { claimSeconds, incidentFindingsMax } from '../../lib/limits.ts';
import {
  claimed,
  countOf,
  hear,
  held,
  type IncidentState,
  incidentKey,
  isClaimed,
  marked,
  released,
  UNHEARD,
  versionOf,
} from '../../lib/notify/incident-state.ts';
import { FINDING, finding, idOf, timeOf } from '../findings/finding.ts';

const QUIET = 3_600;
const NOW = Date.parse(FINDING.firstSeen) / 1000;

const during = (from: number, to: number, changes: Partial<Finding> = {}) =>
  finding({ firstSeen: timeOf(from), lastSeen: timeOf(to), ...changes });

const hearAll = (findings: readonly Finding[], state: IncidentState = UNHEARD) =>
  findings.reduce((heard, one) => hear(heard, one, QUIET).state, state);

describe('hearing of an incident', () => {
  it('begins an episode with the first finding', () => {
    expect(hear(UNHEARD, during(0, 300), QUIET)).toEqual({
      news: 'new',
      state: {
        ...UNHEARD,
        sinceSeconds: NOW,
        episode: { firstSeconds: NOW, lastSeconds: NOW + 300 },
        counts: { [FINDING.id]: 40 },
      },
    });
  });

  it('leaves the state alone when it says nothing new', () => {
    const state = hearAll([during(0, 300)]);
    expect(hear(state, during(0, 300), QUIET).state).toBe(state);
    expect(hear(state, during(100, 200, { count: 30 }), QUIET).state).toBe(state);
  });

  it('widens the episode both ways', () => {
    const { episode, sinceSeconds } = hearAll([during(0, 300), during(-600, -300, { id: idOf(2) }), during(600, 900)]);
    expect(episode).toEqual({ firstSeconds: NOW - 600, lastSeconds: NOW + 900 });
    expect(sinceSeconds).toBe(NOW - 600);
  });

  it('begins another episode after the quiet time, with nothing told of it and the first activity remembered', () => {
    const told = marked(hearAll([during(0, 300)]), FINDING, NOW);
    const { state, news } = hear(told, during(300 + QUIET + 1, 400 + QUIET, { id: idOf(2), count: 3 }), QUIET);
    expect(news).toBe('again');
    expect(state).toMatchObject({ sinceSeconds: NOW, counts: { [idOf(2)]: 3 }, messages: 1 });
    expect(state.told).toBeUndefined();
  });

  it('asks for ten times as long a break after each further message, and for a week at most', () => {
    const WEEK = 604_800;
    const newsAfter = (messages: number, seconds: number) => {
      const told = { ...marked(hearAll([during(0, 300)]), FINDING, NOW), messages };
      return hear(told, during(300 + seconds, 400 + seconds, { id: idOf(2) }), QUIET).news;
    };
    const breaks = [QUIET, QUIET * 10, QUIET * 100, WEEK, WEEK];
    for (const [i, seconds] of breaks.entries()) {
      expect([newsAfter(i + 1, seconds), newsAfter(i + 1, seconds + 1)]).toEqual(['known', 'again']);
    }
  });

  it('tells what is worse however often it was told and however short the break', () => {
    const told = { ...marked(hearAll([during(0, 300)]), FINDING, NOW), messages: 9 };
    expect(hear(told, during(400, 500, { id: idOf(2), severity: 'critical' }), QUIET).news).toBe('worse');
  });

  it('calls an incident new as long as nobody was told of it', () => {
    const untold = held(hearAll([during(0, 300)]), 'budget', NOW);
    expect(hear(untold, during(300 + QUIET + 1, 400 + QUIET), QUIET).news).toBe('new');
    expect(hear(untold, during(0, 300), QUIET).news).toBe('new');
  });

  it('takes an end before the beginning for the beginning', () => {
    expect(hearAll([during(300, 0)]).episode).toEqual({ firstSeconds: NOW + 300, lastSeconds: NOW + 300 });
  });

  it('remembers a bounded number of findings', () => {
    const findings = Array.from({ length: incidentFindingsMax + 5 }, (_, i) => during(i, i, { id: idOf(i), count: 1 }));
    expect(countOf(hearAll(findings))).toBe(incidentFindingsMax);
  });

  it('comes to the same whatever the order and number of findings of one episode', () => {
    const version = fc.record({
      id: fc.integer({ min: 0, max: 5 }),
      from: fc.integer({ min: 0, max: 3_000 }),
      count: fc.integer({ min: 1, max: 99 }),
    });
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 12 }), (versions) => {
        const findings = versions.map(({ id, from, count }) => during(from, from + 60, { id: idOf(id), count }));
        const { episode, counts } = hearAll(findings);
        const again = hearAll([...findings.toReversed(), ...findings]);
        expect({ episode: again.episode, counts: again.counts }).toEqual({ episode, counts });
      }),
    );
  });
});

describe('telling of an incident', () => {
  const state = hearAll([FINDING]);

  it('is claimed for a while', () => {
    const mine = claimed(state, FINDING, NOW);
    expect(isClaimed(state, NOW)).toBe(false);
    expect(isClaimed(mine, NOW + claimSeconds - 1)).toBe(true);
    expect(isClaimed(mine, NOW + claimSeconds)).toBe(false);
    // A clock that was set back must not keep a claim for ever.
    expect(isClaimed(mine, NOW - claimSeconds)).toBe(false);
    expect(released(mine)).toEqual(state);
  });

  it('is marked with what people know then, and ends the claim and what held it back', () => {
    const told = marked(held(claimed(state, FINDING, NOW), 'budget', NOW), FINDING, NOW + 5);
    expect(told).toEqual({ ...state, told: { severity: 'high', count: 40, atSeconds: NOW + 5 }, messages: 1 });
  });

  it('keeps the highest severity that was told', () => {
    const told = marked(marked(state, finding({ severity: 'critical' }), NOW), finding({ severity: 'low' }), NOW);
    expect(told.told?.severity).toBe('critical');
  });

  it('is news again when it is worse or ten times as much, and not before', () => {
    const told = marked(state, FINDING, NOW);
    const newsOf = (changes: Partial<Finding>) => hear(told, finding(changes), QUIET).news;
    expect(newsOf({ severity: 'critical' })).toBe('worse');
    expect(newsOf({ severity: 'medium' })).toBe('known');
    expect(newsOf({ count: 399 })).toBe('known');
    expect(newsOf({ count: 400 })).toBe('more');
  });

  it('of no conversations at all is not more at once', () => {
    const none = finding({ count: 0 });
    const told = marked(hearAll([none]), none, NOW);
    expect(hear(told, none, QUIET).news).toBe('known');
  });
});

describe('names', () => {
  it('of incidents are keys of the store', () => {
    expect(incidentKey(FINDING.incident)).toBe(`incidents/${FINDING.incident}.json`);
  });

  it('of versions change with what is told', () => {
    const versions = [FINDING, finding({ count: 41 }), finding({ severity: 'low' }), finding({ id: idOf(1) })];
    expect(new Set(versions.map(versionOf)).size).toBe(4);
    expect(versionOf(finding({ title: 'other words' }))).toBe(versionOf(FINDING));
  });
});
