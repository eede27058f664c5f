import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderStore } from '../../bin/folder-store.ts';
import { FINDING, finding } from '../findings/finding.ts';
import { flowtrap, runExamples, temporaryFolder } from './cli.ts';

const folder = temporaryFolder();
const LOW = finding({
  id: '0123aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  severity: 'low',
  title: 'a low one',
  account: '\x1b[2J',
});

beforeAll(async () => {
  const store = folderStore(join(folder, 'found'));
  for (const one of [LOW, FINDING]) {
    await store.write(`findings/day=2026-01-05/${one.id}.json`, Buffer.from(JSON.stringify(one)));
  }
});

const explain = (...args: string[]) => flowtrap(['explain', ...args], { cwd: folder });

describe('explain', () => {
  it('prints the whole finding as JSON in a pipe', () => {
    const { code, stdout, stderr } = explain(FINDING.id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(FINDING);
  });

  it('takes the first digits of an id, and without any the gravest finding', () => {
    expect(JSON.parse(explain('0123a').stdout).title).toBe('a low one');
    expect(JSON.parse(explain().stdout).id).toBe(FINDING.id);
  });

  it('tells everything to people', () => {
    const { stdout } = explain(FINDING.id, '--format', 'table');
    const told = [
      FINDING.title,
      'worms and intruders look for their next host',
      '10.0.0.1 (yours)',
      'failedShare 0.95',
      'distinct server ports of the client',
      'REJECT OK',
      'at logs/one.log.gz:7',
      'T1018 Remote System Discovery',
      '2. Isolate 10.0.0.1',
      FINDING.incident,
    ];
    for (const text of told) expect(stdout).toContain(text);
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  it('says by whose word a finding is softened or suppressed', async () => {
    const judged = finding({
      severity: 'medium',
      softened: { network: '10.0.0.1', name: 'scanner', reason: 'weekly scan', severityBefore: 'high' },
      suppressed: { owner: 'netops', reason: 'pen test', expires: '2027-01-01' },
    });
    const store = folderStore(join(folder, 'judged'));
    await store.write(`findings/day=2026-01-05/${judged.id}.json`, Buffer.from(JSON.stringify(judged)));
    const { stdout } = explain('--out', 'judged', '--format', 'table');
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain('medium; instead of high: scanner (10.0.0.1) is trusted, weekly scan');
    expect(text).toContain('suppressed by netops until 2027-01-01: pen test');
  });

  it('shows escape sequences instead of obeying them', () => {
    const { stdout } = explain(LOW.id, '--format', 'table');
    expect(stdout).toContain('\\x1b[2J');
    expect(stdout).not.toContain('\x1b');
  });

  it('prints a list of one OCSF Detection Finding', () => {
    expect(JSON.parse(explain(FINDING.id, '--format', 'ocsf').stdout)).toMatchObject([
      { class_uid: 2004, metadata: { version: '1.5.0' }, finding_info: { uid: FINDING.id } },
    ]);
  });

  it('runs as the examples of its help say', () => {
    for (const { line, run } of runExamples('explain', folder)) expect(run, line).toMatchObject({ code: 0 });
  });

  it.each([
    ['an id that is none', ['../../etc'], 64, '"../../etc" is no id of a finding, expected 4 to 32 hexadecimal digits'],
    ['two ids', ['0123', '4567'], 64, 'one finding at a time, got 2 ids'],
    ['an id that two findings share', ['0123'], 1, '2 findings begin with 0123, give more digits'],
    ['an id that no finding has', ['ffff'], 1, 'no finding ffff among 2'],
    ['a folder that is not there', ['0123', '--out', 'nowhere'], 1, 'cannot read the findings nowhere'],
  ])('refuses %s', (_, args, exitCode, message) => {
    const { code, stdout, stderr } = explain(...args);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(message);
  });
});
