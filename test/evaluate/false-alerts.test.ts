import { describe, expect, it } from 'vitest';
import { falseAlerts, hostHours, recallAtRate } from '../../lib/evaluate/false-alerts.ts';
import { NOON } from './tables.ts';

describe('recall at a rate of false alerts', () => {
  const positives = Float32Array.of(0.95, 0.8, 0.5, 0.2);
  const innocent = Float32Array.of(0.1, 0.9, 0.4, 0.75);

  it('takes the lowest threshold that lets no more than the allowed alerts pass', () => {
    // 1 of 1,000 in 1,500 host-hours: one may pass (0.9), the next may not (0.75).
    const { allowed, threshold, recall } = recallAtRate(positives, innocent, 1_500, 1);
    expect({ allowed, recall }).toEqual({ allowed: 1, recall: 2 / 4 });
    expect(threshold).toBeCloseTo(0.75, 6);
  });

  it('allows none in fewer host-hours than an alert needs', () => {
    expect(recallAtRate(positives, innocent, 999, 1)).toMatchObject({ allowed: 0, recall: 1 / 4 });
  });

  it('flags everything above 0 when all false alerts are allowed', () => {
    expect(recallAtRate(positives, innocent, 1_000, 10)).toMatchObject({ allowed: 10, threshold: 0, recall: 1 });
    expect(recallAtRate(Float32Array.of(0, 0.1), innocent, 1_000, 10).recall).toBe(0.5);
  });

  it('flags those of one score together or not at all', () => {
    const tied = Float32Array.of(0.6, 0.6, 0.6);
    expect(recallAtRate(Float32Array.of(0.6, 0.7), tied, 1_000, 1)).toMatchObject({ allowed: 1, recall: 0.5 });
  });

  it('is unknown without positives or host-hours', () => {
    expect(recallAtRate(new Float32Array(), innocent, 1_000, 1).recall).toBeNull();
    expect(recallAtRate(positives, innocent, 0, 1).recall).toBeNull();
  });
});

describe('host-hours', () => {
  it('are internal clients by hours of the clock, each once', () => {
    const window = Uint32Array.of(NOON, NOON + 300, NOON + 3_300, NOON + 3_600, NOON, NOON);
    const client = Uint32Array.of(1, 1, 1, 1, 2, 9);
    expect(hostHours(window, client, (address) => address < 9)).toBe(3);
    expect(hostHours(window, client, () => false)).toBe(0);
  });
});

describe('false alerts', () => {
  it('are told by the hour and by 1,000 host-hours', () => {
    expect(falseAlerts(6, 2, 1.5, 400)).toEqual({ count: 6, unlabelled: 2, perHour: 4, per1000HostHours: 15 });
    expect(falseAlerts(6, 2, 1.5, 0).per1000HostHours).toBeNull();
  });
});
