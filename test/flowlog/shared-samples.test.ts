import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inputs } from '../../bin/inputs.ts';
import type { LogObject } from '../../lib/flowlog/object.ts';
import { countsOf, readAll } from './reading.ts';

const FOLDER = new URL('../../../shared/data/vpc-samples/', import.meta.url).pathname;

/** What each file has, counted by eye; `failure` is how the text of one begins. */
const EXPECTED: Record<
  string,
  { counts: [records: number, noData: number, skipData: number]; malformed?: object; failure?: string }
> = {
  // Seven sections: 2, then NODATA and SKIPDATA, then 2, 1, 8 (one with a doubled blank), 6, 4 and 2 records.
  'aws-docs-record-examples.log': { counts: [25, 1, 1] },
  // Ends with a second header of two fields that no record follows.
  'datadog-s3-handler.log': { counts: [2, 0, 0] },
  // Row 2 is NODATA with "None" for numbers; row 3 is NODATA, too, but its protocol is 8080, which no protocol is.
  'flowlogs-reader-flows.parquet': { counts: [1, 1, 0], malformed: { range: 1 } },
  'flowlogs-reader-v2.log': { counts: [3, 1, 1] },
  'flowlogs-reader-v3.log': { counts: [2, 0, 0] },
  'flowlogs-reader-v4.log': { counts: [2, 0, 0] },
  // The last line is "bogus line".
  'flowlogs-reader-v5.log': { counts: [2, 0, 0], malformed: { 'field-count': 1 } },
  // Transit gateway fields without addresses: a record nothing can be concluded from, but well formed.
  'flowlogs-reader-v6.log': { counts: [1, 0, 0] },
  'lambda-promtail-vpcflowlog.log.gz': { counts: [3, 0, 0] },
  'newrelic-entry-vpc-flow-logs.json': { counts: [0, 1, 0] },
  // The second line has addresses and says NODATA.
  'node-vpc-flow-log-parser.log': { counts: [1, 2, 1] },
  'ocsf-v1.1.0-vpcflowlog.csv': { counts: [1, 0, 0] },
  'opensearch-catalog-vpc.log': { counts: [22, 0, 0] },
  'security-lake-example0.gz.parquet': { counts: [0, 0, 0], failure: 'looks like OCSF' },
  'security-lake-vpc_flow-input0.json.parquet': { counts: [1, 0, 0] },
  'streamalert-cloudwatch.json': { counts: [80, 0, 0] },
  // Default-format lines first (5 records, NODATA, SKIPDATA), then blocks of 8, 6, 4, 2, 1 and 2 records, each with its header.
  'vrl-parse-aws-vpc-flow-log.log': { counts: [28, 1, 1] },
};

describe.skipIf(!existsSync(FOLDER))('samples of other projects', () => {
  it('are all expected', () => {
    const files = readdirSync(FOLDER).filter((name) => name !== 'README.md');
    expect(files.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED))('%s has what it has', async (name, { counts, malformed = {}, failure }) => {
    const objects: LogObject[] = [];
    for await (const object of inputs([`${FOLDER}${name}`])) objects.push(object);
    const { report, records } = await readAll(objects[0]);
    const [records_, noData, skipData] = counts;
    expect(countsOf(report)).toEqual({ records: records_, noData, skipData, malformed });
    expect(records).toHaveLength(records_);
    if (failure === undefined) expect(report.failure).toBeUndefined();
    else expect(report.failure?.startsWith(failure)).toBe(true);
    expect([...report.unknownFields]).toEqual([]);
  });
});
