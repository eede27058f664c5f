import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OwnThresholds } from '../../lib/evaluate/own-thresholds.ts';
import { parseSettings } from '../../lib/settings.ts';
import { flowtrap, temporaryFolder } from './cli.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => flowtrap([...args, '--model', 'tiny.onnx'], { cwd: folder });
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const classesOf = (stdout: string) =>
  Object.fromEntries((JSON.parse(stdout) as OwnThresholds).classes.map((one) => [one.class, one]));

beforeAll(() => {
  writeTinyModel(join(folder, 'tiny.onnx'));
  writeFileSync(join(folder, 'mine.json'), '{"ourNetworks": ["10.0.0.0/8"], "quietMinutes": 60}');
  const made = ['simulate', 'vertical-scan', 'bulk-exfiltration', '--hosts', '6', '--minutes', '30', '--out', 'logs'];
  expect(flowtrap(made, { cwd: folder })).toMatchObject({ code: 0 });
}, 60_000);

describe('flowtrap calibrate', () => {
  it('writes settings that detect takes, under which what they silence is not raised', () => {
    const { code, stdout, stderr } = run('calibrate', 'logs', '--out', 'quiet.json', '--alerts-per-day', '0');
    expect(code).toBe(0);
    expect(stderr).toContain('warning: the logs cover ');
    const { scan } = classesOf(stdout);
    expect(scan).toMatchObject({ alertsAfter: 0 });
    expect(scan.alertsBefore).toBeGreaterThan(0);
    expect(parseSettings(read('quiet.json')).thresholds.scan).toBe(scan.threshold);
    const forestsScans = (...settings: string[]) =>
      (
        JSON.parse(run('detect', 'logs', '--format', 'json', ...settings).stdout).findings as {
          class: string;
          witnesses: string[];
        }[]
      ).filter((finding) => finding.class === 'scan' && finding.witnesses.includes('forest')).length;
    expect(forestsScans()).toBeGreaterThan(0);
    expect(forestsScans('--settings', 'quiet.json')).toBe(0);
  });

  it('keeps the settings it was given and adds none of its own but thresholds', () => {
    expect(run('calibrate', 'logs', '--settings', 'mine.json', '--out', 'new.json').code).toBe(0);
    const { thresholds, ...others } = JSON.parse(read('new.json'));
    expect(others).toEqual({ ourNetworks: ['10.0.0.0/8'], quietMinutes: 60 });
    expect(Object.keys(thresholds)).toHaveLength(5);
  });

  it('starts from the thresholds of the model, not from those of an earlier calibration', () => {
    run('calibrate', 'logs', '--out', 'once.json', '--alerts-per-day', '0');
    const again = run('calibrate', 'logs', '--settings', 'once.json', '--out', 'twice.json', '--alerts-per-day', '0');
    expect(again.code).toBe(0);
    expect(read('twice.json')).toBe(read('once.json'));
  });

  it('never goes below the thresholds of the model', () => {
    const { stdout } = run('calibrate', 'logs', '--out', 'loud.json', '--alerts-per-day', '50');
    for (const one of Object.values(classesOf(stdout))) expect(one.threshold).toBeGreaterThanOrEqual(one.shipped);
  });

  it('prints a table of what changes and what is silenced', () => {
    const { stdout } = run('calibrate', 'logs', '--out', 'table.json', '--alerts-per-day', '0', '--format', 'table');
    expect(stdout).toMatch(/class +shipped +yours +alerts before +after +highest score/);
    expect(stdout).toMatch(/scan +0\.\d{4} +\d\.\d{4} +\d+ +0/);
    expect(stdout).toContain('No longer raised; make sure that none is an attack:');
  });

  it('refuses to run without logs, without a file to write, or with a budget that is none', () => {
    expect(run('calibrate', '--out', 'x.json')).toMatchObject({ code: 64 });
    expect(run('calibrate', 'logs')).toMatchObject({ code: 64 });
    expect(run('calibrate', 'logs', '--out', 'x.json', '--alerts-per-day', '-1')).toMatchObject({ code: 64 });
  });
});
