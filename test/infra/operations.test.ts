import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKOV_UNMET } from '../../lib/infra/acknowledged.ts';
import { ALARMS, type AlarmKind } from '../../lib/infra/alarms.ts';
import { largest, SMALLEST, templateOf } from './stacks.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

function alarmRow([name, alarm]: [string, AlarmKind]): string {
  const { watches, means, toDo, isBelow, threshold, missing, missingBecause } = alarm;
  const rings = `${isBelow ? 'below' : 'from'} ${threshold.toLocaleString('en')}`;
  const silence = `${missing === 'breaching' ? 'rings' : 'is fine'}: ${missingBecause}`;
  return `| \`${name}\` | ${watches} | ${rings} | ${means} | ${toDo} | ${silence} |`;
}

describe('the page about operations', () => {
  it('has every alarm as the table has it', () => {
    const rows = page.split('\n').filter((line) => /^\| `[a-z-]+` \| /.test(line));
    expect(rows).toEqual(Object.entries(ALARMS).map(alarmRow));
  });

  it('has every rule of checkov that is left unmet, with its reason', () => {
    const rows = page.split('\n').filter((line) => /^\| `CKV_/.test(line));
    const expected = Object.entries(CHECKOV_UNMET).map(
      ([rule, { type, reason }]) => `| \`${rule}\` | \`${type}\` | ${reason} |`,
    );
    expect(rows).toEqual(expected);
  });

  it('names the version of checkov that the tests run', () => {
    const pinned = /^checkov==\S+$/m.exec(readFileSync(new URL('../e2e/checkov.txt', import.meta.url), 'utf8'))![0];
    expect(page).toContain(`uvx ${pinned} `);
  });

  it('names every output', () => {
    const outputs = [SMALLEST, largest].flatMap((props) => Object.keys(templateOf(props).findOutputs('*')));
    for (const name of outputs) expect(page).toContain(`\`${name}\``);
  });

  it('names properties that exist', () => {
    const props = readFileSync(new URL('../../lib/infra/props.ts', import.meta.url), 'utf8');
    const named = [...page.matchAll(/`(\w+)\??:? ?(?:true|\[|')?[^`]*`/g)].map(([, word]) => word);
    const camel = named.filter((word) => /^[a-z]+[A-Z]/.test(word));
    expect(camel.length).toBeGreaterThan(10);
    for (const word of camel) expect([word, props.includes(`readonly ${word}`)]).toEqual([word, true]);
  });
});
