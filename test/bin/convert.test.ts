import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ethernet, ipv4, pcap } from '../datasets/captures.ts';
import { flowtrap, shellWords, temporaryFolder } from './cli.ts';

const folder = temporaryFolder();
copyFileSync(join(import.meta.dirname, '../golden/datasets/argus.csv'), join(folder, 'capture.binetflow'));
const frames = [0, 1, 61].map((second) => ({ seconds: 1_790_000_400 + second, frame: ethernet(ipv4({ flags: 2 })) }));
writeFileSync(join(folder, 'capture.pcap'), pcap(frames));

const FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags';

function convert(...args: string[]) {
  return flowtrap(['convert', ...args], { cwd: folder });
}

/** Objects of a converted folder by their names, unpacked. */
function objectsOf(name: string): Record<string, string> {
  const root = join(folder, name);
  const paths = readdirSync(root, { recursive: true }).map(String);
  const objects = paths.filter((path) => path.endsWith('.log.gz')).sort();
  return Object.fromEntries(objects.map((path) => [path, gunzipSync(readFileSync(join(root, path))).toString()]));
}

describe('convert', () => {
  it('writes objects as AWS lays them out, labels beside them, and a summary that adds up', () => {
    const { code, stdout, stderr } = convert(
      '--from',
      'argus',
      'capture.binetflow',
      '--out',
      'flows',
      '--reject',
      '10.0.0.0/8:22',
    );
    expect(code).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      directory: 'flows',
      rows: 11,
      flows: 7,
      records: 20,
      objects: 3,
      rejected: 1,
      dropped: { 'not-ip': 1, 'outside-vpc': 1, port: 1, columns: 1 },
      labels: { benign: 1, unlabelled: 4, 'other-attack': 1, 'command-and-control': 1 },
      failures: [],
    });
    const objects = objectsOf('flows');
    for (const [path, text] of Object.entries(objects)) {
      expect(path).toMatch(
        /^AWSLogs\/123456789012\/vpcflowlogs\/us-east-1\/2011\/08\/16\/123456789012_vpcflowlogs_us-east-1_fl-[0-9a-f]{17}_20110816T10(00|05|10)Z_[0-9a-f]{8}\.log\.gz$/,
      );
      expect(text.split('\n')[0]).toBe(FIELDS);
    }
    const lines = Object.values(objects).flatMap((text) => text.trimEnd().split('\n').slice(1));
    expect(lines).toHaveLength(20);
    const labels = readFileSync(join(folder, 'flows/labels.csv'), 'utf8').trimEnd().split('\n');
    expect(labels[0]).toBe('start,end,srcaddr,dstaddr,srcport,dstport,protocol,label');
    expect(labels).toHaveLength(8);
    expect(stderr).toContain('flowtrap: warning: capture.binetflow:11: Sport: not a port: "notaport"\n');
  });

  it('writes what its own features can read with the labels', () => {
    convert('--from', 'argus', 'capture.binetflow', '--out', 'again');
    const { code, stderr } = flowtrap(
      ['features', 'again', '--labels', 'again/labels.csv', '--out', 'matrix.parquet'],
      { cwd: folder },
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('reads standard input, and prints a table when asked', () => {
    const input = readFileSync(join(folder, 'capture.binetflow'));
    const { code, stdout } = flowtrap(['convert', '--from', 'argus', '-', '--out', 'stdin', '--format', 'table'], {
      cwd: folder,
      input,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rows {2,}11$/m);
    expect(stdout).toMatch(/^dropped: port {2,}1$/m);
  });

  it('cuts by the minute when asked, and gives all flows the label that is said', () => {
    const { stdout } = convert(
      '--from',
      'pcap',
      'capture.pcap',
      '--out',
      'minutes',
      '--aggregation-seconds',
      '60',
      '--label',
      'scan',
    );
    expect(JSON.parse(stdout)).toMatchObject({ rows: 3, records: 2, labels: { scan: 3 } });
    expect(readFileSync(join(folder, 'minutes/labels.csv'), 'utf8')).toContain('1790000400,1790000461,,,,,,scan\n');
  });

  it('refuses to write into a folder with logs, unless forced', () => {
    convert('--from', 'pcap', 'capture.pcap', '--out', 'twice');
    const { code, stderr } = convert('--from', 'pcap', 'capture.pcap', '--out', 'twice');
    expect(code).toBe(1);
    expect(stderr).toContain('twice/AWSLogs exists already; choose another folder, or add to it with --force');
    expect(convert('--from', 'pcap', 'capture.pcap', '--out', 'twice', '--force').code).toBe(0);
  });

  it('refuses to convert nothing, says why, and leaves nothing', () => {
    const { code, stderr } = convert(
      '--from',
      'argus',
      'capture.binetflow',
      '--vpc',
      '172.16.0.0/12',
      '--out',
      'nothing',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('8 of 11 rows were dropped: neither end lies in the VPC; say which networks are the VPC');
    expect(existsSync(join(folder, 'nothing/labels.csv'))).toBe(false);
    const wrong = convert('--from', 'zeek', 'capture.binetflow', '--out', 'nothing');
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('capture.binetflow: no line #fields before the first row, expected a Zeek conn.log');
    expect(wrong.stderr).toContain('nothing could be converted: there are no rows');
  });

  it.each([
    [['capture.pcap', '--out', 'x'], '--from is missing: one of argus, zeek, netflow-csv, unsw-nb15, cic, pcap'],
    [['--from', 'csv', 'capture.pcap', '--out', 'x'], '--from is "csv", expected one of argus'],
    [['--from', 'pcap', '--out', 'x'], 'no FILE is given'],
    [['--from', 'pcap', 'capture.pcap'], '--out is missing'],
    [['--from', 'pcap', 'capture.pcap', '--out', 'x', '--vpc', 'home'], '--vpc: "home" is not a network'],
    [['--from', 'pcap', 'capture.pcap', '--out', 'x', '--reject', '22'], '--reject: "22" is not a rule'],
    [['--from', 'pcap', 'capture.pcap', '--out', 'x', '--label', 'evil'], '--label is "evil", expected one of benign'],
    [
      ['--from', 'pcap', 'capture.pcap', '--out', 'x', '--aggregation-seconds', '300'],
      '--aggregation-seconds is "300"',
    ],
  ])('refuses %j', (args, message) => {
    const { code, stderr } = convert(...args);
    expect(code).toBe(64);
    expect(stderr).toContain(message);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('has examples that run beside the files they name', () => {
    const help = convert('--help').stdout;
    expect(help.replaceAll('\n', ' ')).toContain('xz -dc FILE | flowtrap convert --from argus - --out DIR');
    const examples = help.split('\n').filter((line) => line.startsWith('    $ flowtrap '));
    expect(examples.length).toBeGreaterThan(1);
    for (const line of examples) {
      const words = shellWords(line.slice('    $ flowtrap '.length));
      expect(flowtrap([...words.slice(0, -1), `example-${words.at(-1)}`], { cwd: folder }), line).toMatchObject({
        code: 0,
      });
    }
  });
});
