import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { csvValue, scoresCsv, verdictOf } from '../../bin/scores.ts';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { score } from '../../lib/detectors/scored.ts';
import { FEATURES } from '../../lib/features/catalog.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { type LogObject, readObject } from '../../lib/flowlog/object.ts';
import type { Classifier } from '../../lib/model/classifier.ts';
import { CLASSES } from '../../lib/model/manifest.ts';
import { flowtrap, temporaryFolder } from './cli.ts';
import { readTable } from './parquet-tables.ts';
import { tinyManifest, tinyOnnx, writeTinyModel } from './tiny-model.ts';

const HEADER =
  'window_start,interface_id,client,server,server_port,protocol,flows,class,score,p_benign,p_scan,p_brute-force,p_denial-of-service,p_command-and-control,p_exfiltration';

/** A classifier that gives every row the same probabilities. */
function stub(probabilities: readonly number[]): Classifier {
  return {
    manifest: tinyManifest(tinyOnnx()),
    probabilities: async (matrix) =>
      Float32Array.from(
        { length: (matrix.length / FEATURES.length) * CLASSES.length },
        (_, i) => probabilities[i % CLASSES.length],
      ),
    close: async () => {},
  };
}

/** The scores of one record, seen at an interface of this name. */
async function scoresOf(interfaceId: string, probabilities: readonly number[]) {
  const names = createNames();
  const conversations = new Conversations(names);
  const line = `2 1 ${interfaceId} 10.0.0.1 10.0.0.2 40000 22 6 5 500 1000 1010 ACCEPT OK\n`;
  const object: LogObject = {
    name: 'memory',
    open: async function* () {
      yield Buffer.from(line);
    },
  };
  await readObject(
    object,
    { names },
    { batch: (batch) => conversations.add(batch, conversations.source('memory')), rejected() {} },
  );
  return score(conversations, stub(probabilities), new NetworkSet(PRIVATE_NETWORKS));
}

describe('verdicts', () => {
  it('name the likeliest attack at its threshold', async () => {
    const scored = await scoresOf('eni-1', [0.1, 0.1, 0.7, 0.1, 0, 0]);
    expect(verdictOf(scored, 0)).toMatchObject({ class: 'brute-force', score: expect.closeTo(0.7) });
  });

  it('are benign below every threshold, however unlikely that is', async () => {
    expect(verdictOf(await scoresOf('eni-1', [0.1, 0.45, 0.45, 0, 0, 0]), 0)).toMatchObject({
      class: 'benign',
      score: expect.closeTo(0.45),
    });
  });

  it('become lines of CSV', async () => {
    const csv = [...scoresCsv(await scoresOf('eni-1', [0.25, 0.75, 0, 0, 0, 0]))].join('');
    expect(csv).toBe(`${HEADER}\n900,eni-1,10.0.0.1,10.0.0.2,22,6,1,scan,0.75,0.25,0.75,0,0,0,0\n`);
  });

  it('carry no formula from a log into a spreadsheet', async () => {
    const csv = [...scoresCsv(await scoresOf('=1+1,x', [1, 0, 0, 0, 0, 0]))].join('');
    expect(csv.split('\n')[1]).toMatch(/^900,"'=1\+1,x",10\.0\.0\.1,/);
  });
});

describe('csvValue', () => {
  it.each([
    ['eni-0123', 'eni-0123'],
    ['-', '-'],
    ['-1+cmd', "'-1+cmd"],
    ['+1', "'+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    [-1, '-1'],
  ])('writes %j as %j', (value, text) => {
    expect(csvValue(value)).toBe(text);
  });
});

describe('score', () => {
  const folder = temporaryFolder();
  const model = join(folder, 'tiny.onnx');

  beforeAll(() => {
    writeTinyModel(model);
    const args = ['simulate', 'vertical-scan', '--hosts', '6', '--minutes', '15', '--seed', '3', '--out', 'logs'];
    expect(flowtrap(args, { cwd: folder }).code).toBe(0);
  });

  it('prints CSV and nothing else', () => {
    const { code, stdout, stderr } = flowtrap(['score', 'logs', '--model', model], { cwd: folder });
    const [header, ...lines] = stdout.trimEnd().split('\n');
    expect({ code, stderr, header }).toEqual({ code: 0, stderr: '', header: HEADER });
    for (const line of lines) {
      const values = line.split(',');
      const probabilities = values.slice(9).map(Number);
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
      expect(Number(values[8])).toBe(Math.max(...probabilities.slice(1)));
      expect(values[7] === 'benign').toBe(Number(values[8]) < 0.5);
    }
    expect(lines.filter((line) => line.includes(',scan,')).length).toBeGreaterThan(5);
  });

  it('writes the same as CSV and as Parquet', async () => {
    flowtrap(['score', 'logs', '--model', model, '--out', 's.csv'], { cwd: folder });
    flowtrap(['score', 'logs', '--model', model, '--out', 's.parquet'], { cwd: folder });
    const lines = readFileSync(join(folder, 's.csv'), 'utf8').trimEnd().split('\n').slice(1);
    const { columns, rows } = await readTable(join(folder, 's.parquet'));
    expect(columns.map(([name]) => name).join(',')).toBe(HEADER);
    const rounded = (value: unknown) => (typeof value === 'number' ? Number(value.toFixed(6)) : String(value));
    expect(rows.map((row) => Object.values(row).map(rounded).join(','))).toEqual(lines);
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('reads standard input', () => {
    const input = '2 1 eni-1 10.0.0.1 10.0.0.2 40000 22 6 5 500 1000 1010 ACCEPT OK\n';
    const { code, stdout } = flowtrap(['score', '-', '--model', model], { input });
    expect(code).toBe(0);
    expect(stdout.split('\n')[1]).toMatch(/^900,eni-1,10\.0\.0\.1,10\.0\.0\.2,22,6,1,/);
  });

  it('reads lines without a header in the order of --log-format', () => {
    const input = '10.0.0.2 10.0.0.1 22 40000 6 5 500 1000 1010 ACCEPT OK\n';
    const format = 'dstaddr srcaddr dstport srcport protocol packets bytes start end action log-status';
    const { stdout } = flowtrap(['score', '-', '--model', model, '--log-format', format], { input });
    expect(stdout.split('\n')[1]).toMatch(/^900,-,10\.0\.0\.1,10\.0\.0\.2,22,6,1,/);
  });
});
