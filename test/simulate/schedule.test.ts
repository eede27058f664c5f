import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Activity, Schedule } from '../../lib/simulate/schedule.ts';

function* at(times: readonly number[], act: (time: number) => void): Activity {
  for (const time of times) {
    yield time;
    act(time);
  }
}

describe('Schedule', () => {
  it('runs everything in order of time', () => {
    const times = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (activities) => {
        const schedule = new Schedule();
        const seen: number[] = [];
        for (const own of activities) {
          const sorted = [...new Set(own)].sort((a, b) => a - b);
          schedule.add(
            sorted[0]!,
            at(sorted, (time) => seen.push(time)),
          );
        }
        schedule.run(2_000);
        const expected = activities.flatMap((own) => [...new Set(own)]).sort((a, b) => a - b);
        expect(seen).toEqual(expected);
      }),
    );
  });

  it('stops before the time given and goes on from there', () => {
    const schedule = new Schedule();
    const seen: number[] = [];
    schedule.add(
      1,
      at([1, 2, 3, 4], (time) => seen.push(time)),
    );
    schedule.run(3);
    expect(seen).toEqual([1, 2]);
    schedule.run(5);
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('keeps what an activity starts in its last step', () => {
    const schedule = new Schedule();
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      schedule.add(
        10,
        at([10], () =>
          schedule.add(
            10,
            at([10], () => seen.push(name)),
          ),
        ),
      );
    }
    schedule.run(100);
    expect(seen.sort()).toEqual(['a', 'b', 'c']);
  });

  it('keeps activities that start others at their own time', () => {
    const schedule = new Schedule();
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      schedule.add(
        10,
        at([10, 20], (time) => {
          seen.push(`${name}${time}`);
          schedule.add(
            time,
            at([time, time + 5], (child) => seen.push(`${name}-child${child}`)),
          );
        }),
      );
    }
    schedule.run(100);
    expect(seen.filter((name) => name.includes('child')).sort()).toEqual(
      ['a', 'b', 'c'].flatMap((name) => [10, 15, 20, 25].map((time) => `${name}-child${time}`)),
    );
    expect(seen.filter((name) => !name.includes('child')).sort()).toEqual(['a10', 'a20', 'b10', 'b20', 'c10', 'c20']);
  });
});
