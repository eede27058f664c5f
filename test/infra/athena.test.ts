import { Match } from 'aws-cdk-lib/assertions';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { writeSummary } from '../../lib/conversations/summary.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { FINDING_COLUMNS, QUERIES, SUMMARY_COLUMNS } from '../../lib/infra/athena.ts';
import { finding } from '../findings/finding.ts';
import { SMALLEST, templateOf } from './stacks.ts';
import { shown } from './statements.ts';

const template = templateOf({ ...SMALLEST, athena: true });

/** Athena's name of a Parquet type. */
const TYPES: Readonly<Record<string, string>> = {
  BYTE_ARRAY: 'string',
  DOUBLE: 'double',
  INT64: 'bigint',
  INT32: 'int',
};

/** Members that a finding need not have, or that are its proof. */
const LEFT_OUT = ['reasons', 'evidence', 'nextSteps', 'suppressed', 'softened', 'parts'];

/** Athena's type of a value; numbers by the whole and broken ones that a column is meant for. */
function fits(value: unknown, type: string): boolean {
  if (typeof value === 'string') return type === 'string';
  if (typeof value === 'number') return type === 'double' || (type === 'int' && Number.isInteger(value));
  if (Array.isArray(value)) {
    const of = /^array<(.*)>$/.exec(type)?.[1];
    return of !== undefined && value.every((one) => fits(one, of));
  }
  const map = /^map<string,(.*)>$/.exec(type)?.[1];
  if (map !== undefined) return Object.values(value as object).every((one) => fits(one, map));
  const members = Object.entries(value as object).map(([name, one]) => [name.toLowerCase(), one] as const);
  return members.every(([name, one]) => {
    const at = type.search(new RegExp(`[<,]${name}:`));
    if (!type.startsWith('struct<') || at < 0) return false;
    return fits(one, firstType(type.slice(at + name.length + 2)));
  });
}

/** The type that a text begins with, up to its own end. */
function firstType(text: string): string {
  let depth = 0;
  for (let end = 0; end < text.length; end++) {
    if (text[end] === '<') depth++;
    if (text[end] === '>') depth--;
    if (depth < 0 || (depth === 0 && text[end] === ',')) return text.slice(0, end);
  }
  return text;
}

describe('the tables', () => {
  it('of summaries have the columns that summaries have, in type and order', () => {
    const bytes = writeSummary(new Conversations(createNames()));
    const { schema } = parquetMetadata(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
    );
    const columns = schema.slice(1).map(({ name, type }) => [name, TYPES[type!]]);
    expect(Object.entries(SUMMARY_COLUMNS)).toEqual(columns);
  });

  it('of findings have the members that findings have', () => {
    const sample = finding();
    const names = Object.keys(sample).filter((name) => !LEFT_OUT.includes(name));
    expect(Object.keys(FINDING_COLUMNS).sort()).toEqual(names.map((name) => name.toLowerCase()).sort());
    for (const name of names) {
      const type = FINDING_COLUMNS[name.toLowerCase()];
      const value = sample[name as keyof typeof sample];
      expect([name, type, fits(value, type)]).toEqual([name, type, true]);
    }
  });

  it('find their partitions in the keys', () => {
    const tables = Object.values(template.findResources('AWS::Glue::Table')).map(
      ({ Properties }) => Properties.TableInput,
    );
    const places = tables.map(({ Name, Parameters, PartitionKeys, StorageDescriptor }) => [
      Name,
      shown(Parameters['storage.location.template']),
      PartitionKeys.map((key: { Name: string }) => key.Name),
      shown(StorageDescriptor.Location),
    ]);
    expect(places).toEqual([
      ['findings', 's3://<StorageFindings>/findings/day=$' + '{day}/', ['day'], 's3://<StorageFindings>/findings/'],
      [
        'summaries',
        's3://<StorageFindings>/summaries/day=$' + '{day}/hour=$' + '{hour}/',
        ['day', 'hour'],
        's3://<StorageFindings>/summaries/',
      ],
    ]);
    for (const { Parameters } of tables) {
      expect(Parameters).toMatchObject({ 'projection.enabled': 'true', 'projection.day.format': 'yyyy-MM-dd' });
    }
    expect(tables[1].Parameters).toMatchObject({ 'projection.hour.range': '0,23', 'projection.hour.digits': '2' });
  });

  it('are made only where asked for', () => {
    const without = templateOf(SMALLEST);
    for (const type of [
      'AWS::Glue::Table',
      'AWS::Glue::Database',
      'AWS::Athena::WorkGroup',
      'AWS::Athena::NamedQuery',
    ]) {
      without.resourceCountIs(type, 0);
    }
  });
});

describe('the work group', () => {
  it('encrypts results, keeps them in the findings bucket and stops costly queries', () => {
    template.hasResourceProperties('AWS::Athena::WorkGroup', {
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        BytesScannedCutoffPerQuery: 10 * 1_024 ** 3,
        ResultConfiguration: {
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
          OutputLocation: {
            'Fn::Join': ['', ['s3://', { Ref: Match.stringLikeRegexp('^StorageFindings') }, '/athena/']],
          },
        },
      },
    });
  });
});

describe('the queries', () => {
  it.each(Object.values(QUERIES).map(({ name, sql }) => [name, sql]))('"%s" reads one table, by the day', (_, sql) => {
    expect(sql).toMatch(/FROM (findings|summaries)\nWHERE day >= /);
  });

  it.each(Object.values(QUERIES).map(({ name, sql }) => [name, sql]))('"%s" names columns that are there', (_, sql) => {
    const columns = Object.keys(sql.includes('FROM findings') ? FINDING_COLUMNS : SUMMARY_COLUMNS);
    const own = ['day', ...[...sql.matchAll(/ AS (\w+)/g)].map(([, name]) => name), 'host', 'hosts', 'address'];
    const words = sql.replace(/'[^']*'/g, '').match(/\b[a-z_]+\b(?!\()/g)!;
    const unknown = words.filter(
      (word) => ![...columns, ...own, 'interval', 'current_date', 'findings', 'summaries'].includes(word),
    );
    expect(unknown).toEqual([]);
  });

  it('put words in quotes that Athena keeps for itself', () => {
    for (const { sql } of Object.values(QUERIES)) expect(sql).not.toMatch(/(?<!")\b(first|last)\b(?!")/);
    expect(QUERIES.PeersOfHost.sql).toContain('max("last")');
  });

  it('are saved in the work group', () => {
    const saved = Object.values(template.findResources('AWS::Athena::NamedQuery')).map(({ Properties }) => Properties);
    expect(saved.map(({ Name, QueryString }) => [Name, QueryString])).toEqual(
      Object.values(QUERIES).map(({ name, sql }) => [name, sql]),
    );
  });
});
