import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileNameOf } from '../../bin/detection-folder.ts';
import { Conversations } from '../../lib/conversations/conversations.ts';
import { readSummary } from '../../lib/conversations/summary.ts';
import { createNames } from '../../lib/flowlog/batch.ts';
import { flowtrap, temporaryFolder } from './cli.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = temporaryFolder();
const model = join(folder, 'tiny.onnx');
const ANSWER = '2 1 eni-1 10.0.0.2 10.0.0.1 22 40000 6 5 500 1000 1010 ACCEPT OK\n';
const GOOD = '2 1 eni-1 10.0.0.1 10.0.0.2 40000 22 6 5 500 1000 1010 ACCEPT OK\n';

beforeAll(() => {
  writeTinyModel(model);
  const args = ['simulate', 'vertical-scan', '--hosts', '6', '--minutes', '15', '--seed', '3', '--out', 'logs'];
  expect(flowtrap(args, { cwd: folder }).code).toBe(0);
});

const detect = (...args: string[]) => flowtrap(['detect', ...args, '--model', model], { cwd: folder });

describe('detect', () => {
  it('prints one JSON object in a pipe and nothing else', () => {
    const { code, stdout, stderr } = detect('logs');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(['findings', 'summary']);
    expect(result.findings.length).toBe(result.summary.findings);
    expect(result.findings.map((finding: { class: string }) => finding.class)).toContain('scan');
    expect(Object.keys(result.summary)).toEqual(
      expect.arrayContaining(
        'objects objectsFailed bytes records noData skipData malformed unknownFields missingFields conversations windows findings suppressed'.split(
          ' ',
        ),
      ),
    );
  });

  it('prints a table when asked to, without colours in a pipe', () => {
    const { stdout } = detect('logs', '--format', 'table');
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toMatch(/^ (LOW|MEDIUM|HIGH|CRITICAL) +\S/);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .every((line) => line.length <= 100),
    ).toBe(true);
    expect(stdout).toMatch(/\n\d+ findings?: /);
  });

  it('colours the table when told to, whatever it is written to', () => {
    const args = ['detect', 'logs', '--model', model, '--format', 'table'];
    const { stdout } = flowtrap(args, { cwd: folder, env: { NO_COLOR: '', FORCE_COLOR: '1' } });
    expect(stdout).toContain('\x1b[');
  });

  it('ends with 2 when a finding reaches --fail-on, with 0 when none does', () => {
    const worst = JSON.parse(detect('logs').stdout).findings.map((finding: { severity: string }) => finding.severity);
    const order = ['low', 'medium', 'high', 'critical'];
    for (const severity of order) {
      const reached = worst.some((found: string) => order.indexOf(found) >= order.indexOf(severity));
      expect(detect('logs', '--fail-on', severity).code, severity).toBe(reached ? 2 : 0);
    }
    writeFileSync(join(folder, 'quiet.log'), GOOD + ANSWER);
    expect(detect('quiet.log', '--fail-on', 'low').code).toBe(0);
  });

  it('keeps findings, conversations and rejected lines in --out', async () => {
    mkdirSync(join(folder, 'mixed'));
    writeFileSync(
      join(folder, 'mixed', 'a.log'),
      `${GOOD}2 1 eni-1 10.0.0.1 not-an-address\x1b[2J 1 2 6 1 1 1 2 ACCEPT OK\nshort line\n${GOOD}`,
    );
    writeFileSync(join(folder, 'mixed', 'b.log'), GOOD);
    const run = detect('mixed', 'logs', '--out', 'found');
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('flowtrap: warning: lines that are no records:');
    expect(run.stderr).not.toContain('\x1b');
    const result = JSON.parse(run.stdout);
    expect(JSON.parse(readFileSync(join(folder, 'found', 'findings.json'), 'utf8'))).toEqual(result);
    for (const finding of result.findings) {
      const path = join(folder, 'found', 'findings', `day=${finding.firstSeen.slice(0, 10)}`, `${finding.id}.json`);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(finding);
    }
    const rejected = readdirSync(join(folder, 'found', 'rejected'));
    expect(rejected).toEqual([fileNameOf('mixed/a.log')]);
    expect(readFileSync(join(folder, 'found', 'rejected', rejected[0]), 'utf8')).toBe(
      '2\taddress\t2 1 eni-1 10.0.0.1 not-an-address\\x1b[2J 1 2 6 1 1 1 2 ACCEPT OK\n3\tfield-count\tshort line\n',
    );
    const conversations = new Conversations(createNames());
    for (const path of readdirSync(join(folder, 'found', 'summaries'), { recursive: true }).map(String)) {
      if (!path.endsWith('.parquet')) continue;
      expect(path).toMatch(/^day=\d{4}-\d\d-\d\d\/hour=\d\d\/[0-9a-f]{32}\.parquet$/);
      const bytes = readFileSync(join(folder, 'found', 'summaries', path));
      const slice = async (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer;
      await readSummary(path, { byteLength: bytes.length, slice }, conversations);
    }
    expect(conversations.size).toBeGreaterThanOrEqual(result.summary.conversations);
  });

  it('writes the same files when it is run again', () => {
    const files = (name: string) => readdirSync(join(folder, name), { recursive: true }).map(String).sort();
    detect('logs', '--out', 'again');
    const before = files('again');
    detect('logs', '--out', 'again');
    expect(files('again')).toEqual(before);
  });

  it('reads the rest when one object is damaged, and says so', () => {
    mkdirSync(join(folder, 'damaged'));
    writeFileSync(join(folder, 'damaged', 'bad.log.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]));
    writeFileSync(join(folder, 'damaged', 'good.log'), GOOD);
    const { code, stdout, stderr } = detect('damaged');
    expect(code).toBe(0);
    expect(stderr).toContain('flowtrap: warning: damaged/bad.log.gz: ');
    expect(JSON.parse(stdout).summary).toMatchObject({ objects: 2, objectsFailed: 1, records: 1 });
  });

  it.each([
    ['nothing but garbage', 'this is no flow log at all\n'.repeat(3), 'nothing could be read from 1 objects'],
    ['a damaged object alone', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]), 'nothing could be read from 1 objects'],
  ])('fails on %s', (_, content, message) => {
    writeFileSync(join(folder, 'only.log'), content);
    const { code, stdout, stderr } = detect('only.log');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('fails on a folder without logs', () => {
    mkdirSync(join(folder, 'empty'));
    const { code, stderr } = detect('empty');
    expect(code).toBe(1);
    expect(stderr).toContain('no flow logs in empty');
  });

  it('is content with an empty log', () => {
    writeFileSync(join(folder, 'empty.log'), '');
    expect(detect('empty.log')).toMatchObject({ code: 0 });
  });

  it('takes networks from the settings', () => {
    writeFileSync(join(folder, 'settings.json'), '{"ourNetworks": ["203.0.113.0/24"]}');
    const { findings } = JSON.parse(detect('logs', '--settings', 'settings.json').stdout);
    expect(findings.flatMap((finding: { actors: { isOurs: boolean }[] }) => finding.actors)).not.toContainEqual(
      expect.objectContaining({ isOurs: true }),
    );
    writeFileSync(join(folder, 'wrong.json'), '{"ourNetwork": []}');
    const refused = detect('logs', '--settings', 'wrong.json');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('wrong.json: unknown setting "ourNetwork"');
  });
});

describe('what detect tells', () => {
  const scan = Array.from({ length: 60 }, (_, i) =>
    GOOD.replace('10.0.0.2', `10.0.7.${i}`).replace('6 5 500', '6 1 40').replace('ACCEPT', 'REJECT'),
  ).join('');
  const hidden = { type: 'internal-sweep', owner: 'ops', reason: 'our scanner', expires: '2999-12-31' };

  it('prints Detection Findings of OCSF', () => {
    writeFileSync(join(folder, 'sweep.log'), scan);
    const [finding, ...others] = JSON.parse(detect('sweep.log', '--format', 'ocsf').stdout);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ class_uid: 2004, metadata: { version: '1.5.0' } });
  });

  it('leaves suppressed findings out of the table and of --fail-on, and counts them', () => {
    writeFileSync(join(folder, 'sweep.log'), scan);
    writeFileSync(join(folder, 'quiet.json'), JSON.stringify({ suppressions: [hidden] }));
    expect(detect('sweep.log', '--fail-on', 'low', '--format', 'table')).toMatchObject({ code: 2 });
    const quiet = detect('sweep.log', '--fail-on', 'low', '--format', 'table', '--settings', 'quiet.json');
    expect(quiet.code).toBe(0);
    expect(quiet.stdout).not.toContain('sweeps');
    expect(quiet.stdout).toContain('1 suppressed');
    expect(JSON.parse(detect('sweep.log', '--settings', 'quiet.json').stdout).findings).toMatchObject([
      { suppressed: { owner: 'ops' } },
    ]);
  });
});

describe('detect --history', () => {
  const historyOf = (...args: string[]) => JSON.parse(detect(...args).stdout);
  const filesIn = (name: string) => readdirSync(join(folder, name), { recursive: true }).map(String).sort();

  it('remembers in a folder, and finds the same when it is run again', () => {
    const first = historyOf('logs', '--history', 'memory');
    expect(Object.keys(first)).toEqual(['findings', 'summary']);
    expect(first.findings.map((finding: { class: string }) => finding.class)).toContain('scan');
    expect(first.findings.length).toBe(first.summary.findings);
    const files = filesIn('memory');
    for (const part of ['summaries', 'tracks', 'findings']) expect(files).toContain(part);
    const second = historyOf('logs', '--history', 'memory');
    expect(filesIn('memory')).toEqual(files);
    expect(second.summary.history.hoursJudged).toBe(0);
    expect(second.findings.map(({ id }: { id: string }) => id)).toEqual(
      first.findings.map(({ id }: { id: string }) => id),
    );
  });

  it('judges with what an earlier run has seen', () => {
    const lines = Array.from({ length: 60 }, (_, i) =>
      GOOD.replace('10.0.0.2', `10.0.7.${i}`).replace('6 5 500', '6 1 40').replace('ACCEPT', 'REJECT'),
    );
    writeFileSync(join(folder, 'first.log'), lines.slice(0, 30).join(''));
    writeFileSync(join(folder, 'second.log'), lines.slice(30).join(''));
    historyOf('first.log', '--history', 'halves');
    const { findings } = historyOf('second.log', '--history', 'halves');
    const scan = findings.find((finding: { class: string }) => finding.class === 'scan');
    expect(scan).toMatchObject({ count: 60, sources: ['first.log', 'second.log'] });
  });

  it('warns of summaries that it cannot use, and goes on', () => {
    historyOf('logs', '--history', 'worn');
    const [name] = filesIn('worn/summaries').filter((file) => file.endsWith('.parquet'));
    const whole = readFileSync(join(folder, 'worn', 'summaries', name));
    writeFileSync(join(folder, 'worn', 'summaries', name), 'nothing');
    const [, year, month, day, hour] = name.match(/day=(\d+)-(\d+)-(\d+).hour=(\d+)/)!.map(Number);
    const seconds = Date.UTC(year, month - 1, day, hour) / 1_000;
    writeFileSync(join(folder, 'beside.log'), GOOD.replace('1000 1010', `${seconds} ${seconds + 10}`));
    const { code, stderr } = detect('beside.log', '--history', 'worn');
    expect(code).toBe(0);
    expect(stderr).toContain('flowtrap: warning: summaries/day=');
    expect(stderr).toContain('is no summary of conversations');
    expect(detect('logs', '--history', 'worn')).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, 'worn', 'summaries', name)).equals(whole)).toBe(true);
  });

  it('writes its findings to --out as well', () => {
    const result = historyOf('logs', '--history', 'memory', '--out', 'printed');
    expect(JSON.parse(readFileSync(join(folder, 'printed', 'findings.json'), 'utf8'))).toEqual(result);
    expect(existsSync(join(folder, 'printed', 'summaries'))).toBe(false);
  });
});

describe('names of rejected files', () => {
  it.each(['../../etc/passwd', '/etc/passwd', '..', '.', '', 's3://bucket/a?b=c', 'a\0b', 'x'.repeat(5_000), 'ä/ö'])(
    'stay in the folder and within limits for %j',
    (name) => {
      const file = fileNameOf(name);
      expect(file).toMatch(/^[A-Za-z0-9_=-][A-Za-z0-9._=-]*-[0-9a-f]{8}\.log$|^-[0-9a-f]{8}\.log$/);
      expect(file).not.toContain('..');
      expect(file.length).toBeLessThan(200);
    },
  );

  it('differ for objects whose harmless characters are the same', () => {
    expect(fileNameOf('a/b')).not.toBe(fileNameOf('a_b'));
    expect(existsSync(join(folder, fileNameOf('a/b')))).toBe(false);
  });
});
