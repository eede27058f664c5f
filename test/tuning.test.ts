import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FINDING_TYPES } from '../lib/findings/catalog.ts';
import { SIDE_EFFECTS } from '../lib/notify/side-effects.ts';
import { parseSettings } from '../lib/settings.ts';
import { flowtrap, shellWords, temporaryFolder } from './bin/cli.ts';

const PAGE = readFileSync(new URL('../docs/tuning.md', import.meta.url), 'utf8');
const folder = temporaryFolder();

/** The first block of the page in that language. */
function block(language: string): string {
  return PAGE.split(`\n\`\`\`${language}\n`)[1].split('\n```')[0];
}

describe('the page on tuning', () => {
  it('has an example that runs, and does what the page says', () => {
    symlinkSync(new URL('../samples', import.meta.url).pathname, join(folder, 'samples'));
    writeFileSync(join(folder, 'settings.json'), block('json'));
    const { suppressions, trustedNetworks } = parseSettings(block('json'));
    const [detect, preview, judge] = block('sh')
      .split('\n')
      .map((line) => {
        const run = flowtrap(shellWords(line.slice('flowtrap '.length)), { cwd: folder });
        expect(run, line).toMatchObject({ code: 0 });
        return JSON.parse(run.stdout);
      });
    expect(preview.lines.map((line: { findings: string[] }) => line.findings.length)).toEqual([1]);
    expect(preview.lines).toHaveLength(suppressions.length);
    expect(judge.findings.length).toBe(detect.findings.length);
    const monitor = judge.findings.filter((finding: { softened?: { name: string } }) => finding.softened !== undefined);
    expect(monitor.map((finding: { softened: { name: string } }) => finding.softened.name)).toContain(
      trustedNetworks[0].name,
    );
  });
});

describe('side effects', () => {
  it('are of types that exist', () => {
    const types = FINDING_TYPES.map(({ type }) => type);
    for (const name of SIDE_EFFECTS.flatMap(({ of, mute }) => [...of, ...mute])) expect(types).toContain(name);
  });

  it('never mute themselves', () => {
    for (const { of, mute } of SIDE_EFFECTS) expect(mute.filter((type) => of.includes(type))).toEqual([]);
  });
});
