/**
 * Tables over the findings bucket for Athena, with partitions worked out from the keys instead of listed, and queries to begin with.
 */
import { Names, Size, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PREFIX } from './storage.ts';

type Columns = Readonly<Record<string, string>>;

/** Columns of a summary, as they stand in its Parquet schema. */
export const SUMMARY_COLUMNS: Columns = {
  interface_id: 'string',
  account_id: 'string',
  client: 'string',
  server: 'string',
  translated_addresses: 'string',
  forward_source: 'string',
  backward_source: 'string',
  forward_packets: 'double',
  forward_bytes: 'double',
  backward_packets: 'double',
  backward_bytes: 'double',
  packets_log_sum: 'double',
  packets_log_squares: 'double',
  bytes_log_sum: 'double',
  bytes_log_squares: 'double',
  duration_seconds: 'double',
  window_start: 'bigint',
  server_port: 'int',
  protocol: 'int',
  forward_flows: 'bigint',
  backward_flows: 'bigint',
  forward_rejects: 'bigint',
  backward_rejects: 'bigint',
  opens: 'bigint',
  resets: 'bigint',
  forward_flags: 'int',
  backward_flags: 'int',
  direction_basis: 'int',
  marks: 'int',
  forward_first: 'bigint',
  backward_first: 'bigint',
  last: 'bigint',
  client_port_least: 'int',
  client_port_most: 'int',
  slots_low: 'bigint',
  slots_high: 'bigint',
  ports_low: 'bigint',
  ports_high: 'bigint',
  packets_least: 'bigint',
  packets_most: 'bigint',
  forward_ordinal: 'bigint',
  backward_ordinal: 'bigint',
  members: 'bigint',
};

const HOSTS = 'array<struct<address:string,isours:boolean>>';

/**
 * Members of a finding that every finding has, without its proof, which is for reading one by one. Athena knows no capitals; names in
 * objects are compared without regard to them.
 */
export const FINDING_COLUMNS: Columns = {
  id: 'string',
  incident: 'string',
  type: 'string',
  class: 'string',
  severity: 'string',
  title: 'string',
  account: 'string',
  actors: HOSTS,
  actorcount: 'int',
  targets: `struct<hosts:${HOSTS},hostcount:int,services:array<string>,servicecount:int>`,
  firstseen: 'string',
  lastseen: 'string',
  count: 'int',
  observed: 'map<string,double>',
  expected: 'map<string,double>',
  probability: 'double',
  witnesses: 'array<string>',
  sources: 'array<string>',
  technique: 'struct<id:string,name:string>',
};

/** Most bytes that one query may read: at 5 US dollars per TB, a query that forgot its day stops at 5 cents. */
const QUERY_BYTES_MAX = Size.gibibytes(10);

/** Earliest day that partitions are worked out for. */
const FIRST_DAY = '2026-01-01';

const PARTITIONED_BY_DAY = {
  'projection.enabled': 'true',
  'projection.day.type': 'date',
  'projection.day.format': 'yyyy-MM-dd',
  'projection.day.range': `${FIRST_DAY},NOW`,
};

export interface AthenaTablesProps {
  readonly bucket: IBucket;
  readonly encryptionKey?: IKey;
}

export class AthenaTables extends Construct {
  readonly database: string;
  readonly workGroup: string;

  constructor(scope: Construct, id: string, { bucket, encryptionKey }: AthenaTablesProps) {
    super(scope, id);
    const name = Names.uniqueResourceName(this, { separator: '_', maxLength: 64 });
    this.database = name.toLowerCase();
    this.workGroup = name;
    const catalogId = Stack.of(this).account;
    const database = new CfnDatabase(this, 'Database', { catalogId, databaseInput: { name: this.database } });
    for (const table of [this.#findings(bucket), this.#summaries(bucket)]) table.addResourceDependency(database);
    const encryption =
      encryptionKey === undefined
        ? { encryptionOption: 'SSE_S3' }
        : { encryptionOption: 'SSE_KMS', kmsKey: encryptionKey.keyArn };
    const workGroup = new CfnWorkGroup(this, 'WorkGroup', {
      name: this.workGroup,
      description: 'Questions about findings and summaries',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: QUERY_BYTES_MAX.toBytes(),
        resultConfiguration: {
          outputLocation: bucket.s3UrlForObject(PREFIX.queries),
          encryptionConfiguration: encryption,
        },
      },
    });
    this.#queries(workGroup);
  }

  #findings(bucket: IBucket): CfnTable {
    return this.#table('Findings', {
      name: 'findings',
      columns: FINDING_COLUMNS,
      partitions: { day: 'string' },
      location: bucket.s3UrlForObject(PREFIX.findings),
      template: bucket.s3UrlForObject(`${PREFIX.findings}day=\${day}/`),
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
      parameters: PARTITIONED_BY_DAY,
    });
  }

  #summaries(bucket: IBucket): CfnTable {
    return this.#table('Summaries', {
      name: 'summaries',
      columns: SUMMARY_COLUMNS,
      partitions: { day: 'string', hour: 'int' },
      location: bucket.s3UrlForObject(PREFIX.summaries),
      template: bucket.s3UrlForObject(`${PREFIX.summaries}day=\${day}/hour=\${hour}/`),
      inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
      parameters: {
        ...PARTITIONED_BY_DAY,
        'projection.hour.type': 'integer',
        'projection.hour.range': '0,23',
        'projection.hour.digits': '2',
      },
    });
  }

  #table(id: string, table: Table): CfnTable {
    return new CfnTable(this, id, {
      catalogId: Stack.of(this).account,
      databaseName: this.database,
      tableInput: {
        name: table.name,
        tableType: 'EXTERNAL_TABLE',
        parameters: { EXTERNAL: 'TRUE', ...table.parameters, 'storage.location.template': table.template },
        partitionKeys: columnList(table.partitions),
        storageDescriptor: {
          columns: columnList(table.columns),
          location: table.location,
          inputFormat: table.inputFormat,
          outputFormat: table.outputFormat,
          serdeInfo: { serializationLibrary: table.serializationLibrary },
        },
      },
    });
  }

  #queries(workGroup: CfnWorkGroup): void {
    for (const [id, { name, sql }] of Object.entries(QUERIES)) {
      const query = new CfnNamedQuery(this, id, {
        name,
        database: this.database,
        workGroup: this.workGroup,
        queryString: sql,
      });
      query.addResourceDependency(workGroup);
    }
  }
}

interface Table {
  readonly name: string;
  readonly columns: Columns;
  readonly partitions: Columns;
  readonly location: string;
  /** Place of one partition. */
  readonly template: string;
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serializationLibrary: string;
  readonly parameters: Readonly<Record<string, string>>;
}

function columnList(columns: Columns) {
  return Object.entries(columns).map(([name, type]) => ({ name, type }));
}

const LAST_WEEK = "day >= date_format(current_date - interval '7' day, '%Y-%m-%d')";
const YESTERDAY = "day >= date_format(current_date - interval '1' day, '%Y-%m-%d')";

/** Queries to begin with; every one names the days it reads. */
export const QUERIES: Readonly<Record<string, { readonly name: string; readonly sql: string }>> = {
  LatestFindings: {
    name: 'Findings of the last week, gravest first',
    sql: `SELECT firstseen, severity, type, title, account, id
FROM findings
WHERE ${LAST_WEEK}
ORDER BY array_position(ARRAY['critical', 'high', 'medium', 'low'], severity), firstseen DESC
LIMIT 200`,
  },
  FindingsByType: {
    name: 'Findings of the last week by type and severity',
    sql: `SELECT type, severity, count(*) AS findings, min(firstseen) AS earliest, max(lastseen) AS latest
FROM findings
WHERE ${LAST_WEEK}
GROUP BY type, severity
ORDER BY findings DESC`,
  },
  FindingsOfHost: {
    name: 'Findings about one host (put its address in)',
    sql: `SELECT firstseen, severity, type, title, id
FROM findings
WHERE ${LAST_WEEK}
  AND (any_match(actors, host -> host.address = '10.0.0.1') OR any_match(targets.hosts, host -> host.address = '10.0.0.1'))
ORDER BY firstseen DESC`,
  },
  PeersOfHost: {
    name: 'Whom one host talked to since yesterday (put its address in)',
    sql: `SELECT client, server, server_port, protocol,
  sum(forward_flows) AS flows, sum(forward_bytes) AS bytes_sent, sum(backward_bytes) AS bytes_received,
  from_unixtime(min(window_start)) AS earliest, from_unixtime(max("last")) AS latest
FROM summaries
WHERE ${YESTERDAY}
  AND (client = '10.0.0.1' OR server = '10.0.0.1')
GROUP BY client, server, server_port, protocol
ORDER BY bytes_sent DESC
LIMIT 500`,
  },
  MostRejected: {
    name: 'Clients that were rejected most since yesterday',
    sql: `SELECT client, count(DISTINCT server) AS servers, count(DISTINCT server_port) AS ports, sum(forward_rejects) AS rejected
FROM summaries
WHERE ${YESTERDAY}
GROUP BY client
ORDER BY rejected DESC
LIMIT 100`,
  },
  MostSent: {
    name: 'Pairs that sent most bytes since yesterday',
    sql: `SELECT client, server, server_port, protocol, sum(forward_bytes) AS bytes_sent
FROM summaries
WHERE ${YESTERDAY}
GROUP BY client, server, server_port, protocol
ORDER BY bytes_sent DESC
LIMIT 100`,
  },
};
