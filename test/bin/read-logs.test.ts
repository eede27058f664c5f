import { afterEach, describe, expect, it, vi } from 'vitest';
import { refuseNothing, warnOf } from '../../bin/read-logs.ts';
import type { ReadSummary } from '../../lib/reading.ts';

const SUMMARY: ReadSummary = {
  objects: 1,
  objectsFailed: 0,
  bytes: 100,
  records: 1,
  noData: 0,
  skipData: 0,
  malformed: {},
  malformedExamples: [],
  unknownFields: [],
  missingFields: [],
  failures: [],
};

describe('reading nothing', () => {
  it.each<[string, Partial<ReadSummary>, string | undefined]>([
    ['is refused without an object', { objects: 0, records: 0 }, 'no flow logs in a, b'],
    [
      'is refused when every object failed',
      { records: 0, objectsFailed: 1 },
      'nothing could be read from 1 objects in a, b',
    ],
    ['is refused when every line is malformed', { records: 0, malformed: { address: 3 } }, 'nothing could be read'],
    ['is fine in an empty object', { records: 0 }, undefined],
    ['is fine where interfaces had no traffic', { records: 0, noData: 2, malformed: { address: 1 } }, undefined],
    ['is fine where AWS lost the records', { records: 0, skipData: 1, objectsFailed: 1 }, undefined],
    ['is not the case when some could be read', { objectsFailed: 1, malformed: { address: 3 } }, undefined],
  ])('%s', (_, changes, message) => {
    const check = () => refuseNothing({ ...SUMMARY, ...changes }, ['a', 'b']);
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });
});

describe('warnings', () => {
  afterEach(() => void vi.restoreAllMocks());

  function warningsOf(changes: Partial<ReadSummary>): string {
    const written: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    warnOf({ ...SUMMARY, ...changes });
    return written.join('');
  }

  it('are none when all was read', () => {
    expect(warningsOf({})).toBe('');
  });

  it('name each failure, and how many more there are', () => {
    const failures = [{ source: 'a\x1b[2J', failure: 'cut short' }];
    expect(warningsOf({ objectsFailed: 1_235, failures })).toBe(
      'flowtrap: warning: a\\x1b[2J: cut short\nflowtrap: warning: 1,234 more objects could not be read in full\n',
    );
  });

  it('count malformed lines by reason and show one, visibly', () => {
    const malformedExamples = [{ source: 'a', ordinal: 7, reason: 'address' as const, text: 'x\x07' }];
    expect(warningsOf({ malformed: { address: 1_000, number: 2 }, malformedExamples })).toBe(
      'flowtrap: warning: lines that are no records: address 1,000, number 2; such as a:7: x\\x07\n',
    );
  });
});
