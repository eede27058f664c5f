import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layoutOption, logPaths, readText, settingsOption } from '../../bin/log-options.ts';
import { UsageError } from '../../bin/usage-error.ts';
import { DEFAULT_FORMAT } from '../../lib/flowlog/fields.ts';
import { DEFAULT_SETTINGS } from '../../lib/settings.ts';
import { temporaryFolder } from './cli.ts';

const folder = temporaryFolder();

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('--log-format', () => {
  it('is no layout when it is not given', () => {
    expect(layoutOption({})).toBeUndefined();
  });

  it.each([
    ['names', DEFAULT_FORMAT.join(' ')],
    ['a format string as flow logs are configured with', DEFAULT_FORMAT.map((name) => `\${${name}}`).join(' ')],
    ['names with underscores, in capitals', DEFAULT_FORMAT.join(' ').replaceAll('-', '_').toUpperCase()],
    ['names between commas', DEFAULT_FORMAT.join(',')],
  ])('is read as %s', (_, text) => {
    expect(layoutOption({ 'log-format': text })).toEqual({ fields: DEFAULT_FORMAT, unknown: [], delimiter: 32 });
  });

  it.each([
    ['', '--log-format: the format has no fields'],
    ['srcaddr source', '--log-format: unknown field "source" in the format'],
    ['srcaddr dstaddr srcaddr', '--log-format: field "srcaddr" stands twice in the format'],
  ])('refuses "%s"', (text, message) => {
    expect(() => layoutOption({ 'log-format': text })).toThrow(UsageError);
    expect(() => layoutOption({ 'log-format': text })).toThrow(message);
  });
});

describe('--settings', () => {
  it('are the defaults when they are not given', async () => {
    expect(await settingsOption({})).toBe(DEFAULT_SETTINGS);
  });

  it('come from a file, defaults where it is silent', async () => {
    const path = fileOf('settings.json', '{"ourNetworks": ["192.0.2.0/24"]}');
    expect(await settingsOption({ settings: path })).toEqual({ ...DEFAULT_SETTINGS, ourNetworks: ['192.0.2.0/24'] });
  });

  it.each([
    ['broken.json', '{"ourNetworks": ["192.0.2.0/24"]'],
    ['empty.json', ''],
    ['list.json', '[]'],
    ['unknown.json', '{"ourNetwork": []}'],
    ['wrong.json', '{"ourNetworks": ["home"]}'],
  ])('refuses %s by its name, which is no wrong usage', async (name, text) => {
    const path = fileOf(name, text);
    const error = await settingsOption({ settings: path }).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(new RegExp(`^${path}: \\S`));
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  it('refuses a file that cannot be read, saying why', async () => {
    mkdirSync(join(folder, 'directory'));
    for (const [name, reason] of [
      ['nowhere.json', 'ENOENT'],
      ['directory', 'EISDIR'],
    ]) {
      const path = join(folder, name);
      await expect(settingsOption({ settings: path })).rejects.toThrow(`cannot read the settings ${path}: ${reason}`);
    }
  });
});

describe('a text that an option names', () => {
  it('is read as it is', async () => {
    expect(await readText(fileOf('text', 'ä\r\n\u0000'), 'text')).toBe('ä\r\n\u0000');
  });
});

describe('paths of logs', () => {
  it('are those given, in their order, and at least one', () => {
    expect(logPaths(['b', 'a', '-'])).toEqual(['b', 'a', '-']);
    expect(() => logPaths([])).toThrow(UsageError);
    expect(() => logPaths([])).toThrow('no PATH is given');
  });
});
