import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_FORMAT,
  FIELDS,
  fieldByName,
  KEYWORD,
  KEYWORDS,
  TRANSIT_GATEWAY_FORMAT,
  USED_FIELDS,
} from '../../lib/flowlog/fields.ts';

describe('the table of fields', () => {
  it('has the 54 fields of VPC flow logs and those of transit gateways', () => {
    expect(FIELDS.filter((field) => field.version !== 6)).toHaveLength(54);
    expect(FIELDS.filter((field) => field.version === 6)).toHaveLength(18);
  });

  it('has each field once', () => {
    const names = FIELDS.map((field) => field.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    [2, 14],
    [3, 7],
    [4, 4],
    [5, 4],
    [7, 10],
    [8, 1],
    [9, 1],
    [10, 1],
    [11, 12],
  ])('has, of version %i, %i fields', (version, count) => {
    expect(FIELDS.filter((field) => field.version === version)).toHaveLength(count);
  });

  it('holds text in Parquet strings and numbers in Parquet integers', () => {
    for (const { kind, parquet } of FIELDS) {
      const isText = kind === 'text' || kind === 'address' || kind === 'keyword';
      expect(parquet === 'STRING').toBe(isText);
    }
  });

  it('is the only list of fields: nothing that reads names the rarer ones', () => {
    const rare = FIELDS.filter((field) => !field.used && field.name.includes('-')).map((field) => field.name);
    const folder = new URL('../../lib/flowlog/', import.meta.url);
    for (const file of readdirSync(folder)) {
      // A record that is written says by name where each value comes from; the compiler checks its names against the table.
      if (file === 'fields.ts' || file === 'record.ts') continue;
      const source = readFileSync(new URL(file, folder), 'utf8');
      expect(
        rare.filter((name) => source.includes(`'${name}'`)),
        file,
      ).toEqual([]);
    }
  });
});

describe('fieldByName', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: format strings are written so
  it.each(['pkt-srcaddr', 'pkt_srcaddr', '${pkt-srcaddr}', 'PKT-SRCADDR', ' pkt_srcaddr '])('knows %j', (name) => {
    expect(fieldByName(name)?.name).toBe('pkt-srcaddr');
  });

  it.each(['', 'source', 'src addr', 'constructor', '__proto__'])('does not know %j', (name) => {
    expect(fieldByName(name)).toBeUndefined();
  });
});

describe('formats', () => {
  it('has the default format in its fixed order', () => {
    expect(DEFAULT_FORMAT.join(' ')).toBe(
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
    );
  });

  it('has the 36 fields of the transit gateway format once each', () => {
    expect(TRANSIT_GATEWAY_FORMAT).toHaveLength(36);
    expect(new Set(TRANSIT_GATEWAY_FORMAT).size).toBe(36);
    expect(TRANSIT_GATEWAY_FORMAT.slice(0, 5).join(' ')).toBe(
      'version resource-type account-id tgw-id tgw-attachment-id',
    );
  });

  it('uses fields of the table only', () => {
    for (const name of [...USED_FIELDS, ...TRANSIT_GATEWAY_FORMAT]) expect(fieldByName(name)?.name).toBe(name);
  });

  it('numbers keywords by their place', () => {
    expect(KEYWORDS[KEYWORD.absent]).toBe('-');
    expect(KEYWORDS[KEYWORD.reject]).toBe('REJECT');
    expect(KEYWORDS[KEYWORD.skipData]).toBe('SKIPDATA');
    expect(KEYWORDS[KEYWORD.egress]).toBe('egress');
    expect(Object.values(KEYWORD)).toEqual(KEYWORDS.map((_, index) => index));
  });
});
