import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderStore } from '../../bin/folder-store.ts';
import { finding, idOf } from '../findings/finding.ts';
import { flowtrap, runExamples, temporaryFolder } from './cli.ts';

const folder = temporaryFolder();
const WORD = { owner: 'netops', reason: 'weekly vulnerability scan', expires: '2999-12-31' };
const SETTINGS = {
  suppressions: [
    { type: '*-sweep', actor: '10.0.0.0/24', ...WORD },
    { port: '22/tcp', ...WORD },
    { type: 'beacon', ...WORD, expires: '2020-01-01' },
    { actor: '192.0.2.1', ...WORD },
  ],
};
const FINDINGS = [
  finding({ id: idOf(1) }),
  finding({ id: idOf(2), type: 'beacon', class: 'command-and-control', title: '10.0.0.1 calls home' }),
  finding({
    id: idOf(3),
    type: 'vertical-scan',
    targets: { hosts: [], hostCount: 0, services: ['80/tcp'], serviceCount: 1 },
  }),
];

const put = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
const suppress = (...args: string[]) => flowtrap(['suppress', ...args], { cwd: folder });

beforeAll(async () => {
  put('settings.json', SETTINGS);
  put('findings.json', { findings: FINDINGS, summary: {} });
  const store = folderStore(join(folder, 'found'));
  for (const one of FINDINGS) {
    await store.write(`findings/day=2026-01-05/${one.id}.json`, Buffer.from(JSON.stringify(one)));
  }
});

describe('suppress --preview', () => {
  it.each([
    ['a folder', 'found'],
    ['a file', 'findings.json'],
  ])('says for each line what it covers of the findings in %s', (_, findings) => {
    const { code, stdout, stderr } = suppress('--preview', 'settings.json', '--findings', findings);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { lines, summary } = JSON.parse(stdout);
    expect(lines.map((line: { expired: boolean; findings: string[] }) => [line.expired, line.findings])).toEqual([
      [false, [idOf(1)]],
      [false, [idOf(1), idOf(2)]],
      [true, [idOf(2)]],
      [false, []],
    ]);
    expect(summary).toEqual({ findings: 3, hidden: 2, expired: 1 });
  });

  it('shows the same to people, in a table', () => {
    const { stdout } = suppress('--preview', 'settings.json', '--findings', 'found', '--format', 'table');
    expect(stdout).toContain('*-sweep by 10.0.0.0/24');
    expect(stdout).toContain('2020-01-01 (expired)');
    expect(stdout).toMatch(/\n2 of 3 findings would be hidden; 1 expired and without effect\n$/);
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
  });

  it('changes nothing', () => {
    const before = readFileSync(join(folder, 'findings.json'));
    suppress('--preview', 'settings.json', '--findings', 'findings.json');
    expect(readFileSync(join(folder, 'findings.json'))).toEqual(before);
  });

  it('runs as the examples of its help say', () => {
    for (const { line, run } of runExamples('suppress', folder)) expect(run, line).toMatchObject({ code: 0 });
  });

  it('passes over a damaged file of the folder by name', async () => {
    const store = folderStore(join(folder, 'damaged'));
    await store.write(`findings/day=2026-01-05/${idOf(1)}.json`, Buffer.from(JSON.stringify(FINDINGS[0])));
    await store.write(`findings/day=2026-01-05/${idOf(9)}.json`, Buffer.from('{"id":'));
    const { code, stdout, stderr } = suppress('--preview', 'settings.json', '--findings', 'damaged');
    expect(code).toBe(0);
    expect(stderr).toContain(`${idOf(9)}.json: the finding is not JSON`);
    expect(JSON.parse(stdout).summary.findings).toBe(1);
  });
});

describe('refuses', () => {
  it.each([
    ['no settings', ['--findings', 'found'], 64, '--preview is missing: the settings file'],
    ['settings as an argument', ['settings.json'], 64, 'unexpected argument settings.json'],
    ['settings that are not there', ['--preview', 'nowhere.json'], 1, 'cannot read the settings nowhere.json'],
    [
      'a suppression that does not parse',
      ['--preview', 'wrong.json'],
      1,
      'wrong.json: setting suppressions[1].expires is "soon"',
    ],
    [
      'findings that are not there',
      ['--preview', 'settings.json', '--findings', 'nowhere'],
      1,
      'cannot read the findings nowhere',
    ],
    [
      'a file that holds none',
      ['--preview', 'settings.json', '--findings', 'settings.json'],
      1,
      'has no list "findings"',
    ],
    [
      'a file with a damaged finding',
      ['--preview', 'settings.json', '--findings', 'bad.json'],
      1,
      'bad.json: findings[1]: the finding is 7',
    ],
    ['a folder that holds none', ['--preview', 'settings.json', '--findings', '.'], 1, 'no findings in findings'],
  ])('%s', (_, args, exitCode, message) => {
    put('wrong.json', { suppressions: [SETTINGS.suppressions[0], { type: 'beacon', ...WORD, expires: 'soon' }] });
    put('bad.json', { findings: [FINDINGS[0], 7] });
    const { code, stdout, stderr } = suppress(...args);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(message);
  });
});
