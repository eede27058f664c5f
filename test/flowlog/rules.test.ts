import { describe, expect, it } from 'vitest';
import { createNames, FlowBatch } from '../../lib/flowlog/batch.ts';
import { type FieldName, KEYWORD } from '../../lib/flowlog/fields.ts';
import { maximumOf, RECORD, RowRules } from '../../lib/flowlog/rules.ts';
import { FAILED } from '../../lib/flowlog/values.ts';
import { countMax, timeSecondsMax } from '../../lib/limits.ts';

const ALL: readonly FieldName[] = ['srcaddr', 'dstaddr', 'start', 'end', 'log-status'];

interface Row {
  source?: number;
  destination?: number;
  start?: number;
  end?: number;
  status?: number;
}

function verdict(row: Row, fields = ALL): number {
  const batch = new FlowBatch(createNames(), 1);
  const { source = 1, destination = 2, start = 10, end = 20, status = KEYWORD.ok } = row;
  if (fields.includes('srcaddr')) batch.column('srcaddr')[0] = source;
  if (fields.includes('dstaddr')) batch.column('dstaddr')[0] = destination;
  if (fields.includes('start')) batch.column('start')[0] = start;
  if (fields.includes('end')) batch.column('end')[0] = end;
  if (fields.includes('log-status')) batch.column('log-status')[0] = status;
  return new RowRules(batch, fields).judge(0);
}

const ABSENT = 0xffff_ffff;

describe('RowRules', () => {
  it('takes a row with addresses and times in order as a record', () => {
    expect(verdict({})).toBe(RECORD);
    expect(verdict({ start: 10, end: 10 })).toBe(RECORD);
    expect(verdict({ status: KEYWORD.absent })).toBe(RECORD);
  });

  it('takes NODATA and SKIPDATA at their word, with and without addresses', () => {
    expect(verdict({ status: KEYWORD.noData, source: ABSENT, destination: ABSENT })).toBe(KEYWORD.noData);
    expect(verdict({ status: KEYWORD.noData })).toBe(KEYWORD.noData);
    expect(verdict({ status: KEYWORD.skipData, start: 20, end: 10 })).toBe(KEYWORD.skipData);
  });

  it('refuses a record without an address that the log has', () => {
    expect(verdict({ source: ABSENT })).toBe(FAILED.address);
    expect(verdict({ destination: ABSENT })).toBe(FAILED.address);
  });

  it('does not miss an address that the log does not have', () => {
    expect(verdict({}, ['srcaddr'])).toBe(RECORD);
    expect(verdict({}, ['dstaddr'])).toBe(RECORD);
    expect(verdict({}, [])).toBe(RECORD);
  });

  it('refuses an end before the start', () => {
    expect(verdict({ start: 20, end: 10 })).toBe(FAILED.range);
  });

  it('does not compare times of which one is absent', () => {
    expect(verdict({}, ['srcaddr', 'dstaddr', 'start'])).toBe(RECORD);
    expect(verdict({}, ['srcaddr', 'dstaddr', 'end'])).toBe(RECORD);
    expect(verdict({ end: -1 })).toBe(RECORD);
  });
});

describe('maximumOf', () => {
  it('is that of the field or else of its kind', () => {
    expect(maximumOf('dstport')).toBe(65_535);
    expect(maximumOf('protocol')).toBe(255);
    expect(maximumOf('traffic-path')).toBe(2_147_483_647);
    expect(maximumOf('bytes')).toBe(countMax);
    expect(maximumOf('start')).toBe(timeSecondsMax);
  });
});
