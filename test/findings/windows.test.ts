import { describe, expect, it } from 'vitest';
import { W } from '../../lib/conversations/row.ts';
import { ANYBODY, type Detector } from '../../lib/detectors/detector.ts';
import { wordOf } from '../../lib/detectors/scored.ts';
import { judgeWindows } from '../../lib/findings/windows.ts';
import { NetworkSet, PRIVATE_NETWORKS } from '../../lib/flowlog/network.ts';
import { findingsMax } from '../../lib/limits.ts';
import { build, stubClassifier } from '../records.ts';

const options = { classifier: stubClassifier(() => ({})), ours: new NetworkSet(PRIVATE_NETWORKS) };

/** Takes every conversation for a scan. */
const detector = (name: string, given: Partial<Detector> & { suffices?: boolean } = {}): Detector => ({
  name,
  source: 'a test',
  alone: 'always',
  detect: (scored) =>
    Array.from(scored.rows.keys(), (position) => ({
      class: 'scan' as const,
      actor: scored.conversations.words[wordOf(scored, position) + W.client],
      actorIsVictim: false,
      scope: ANYBODY,
      window: scored.conversations.words[wordOf(scored, position) + W.window],
      suffices: given.suffices ?? true,
      positions: [position],
    })),
  ...given,
});

/** A conversation of 10.0.0.1 at each of these seconds. */
const at = (...seconds: number[]) =>
  build(seconds.map((second) => `a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=9 at=${second}`).join('\n'));

const witnessesOf = async (seconds: readonly number[], ...detectors: Detector[]) =>
  (await judgeWindows(at(...seconds), { ...options, detectors })).findings.map(({ witnesses }) => witnesses);

describe('judging windows', () => {
  it('names all who saw an incident, in the order of detectors, where one of them is enough', async () => {
    const [quiet, loud] = [detector('quiet', { suffices: false }), detector('loud')];
    expect(await witnessesOf([0], quiet, loud)).toEqual([['quiet', 'loud']]);
    expect(await witnessesOf([0], quiet)).toEqual([]);
  });

  it('asks for what is new only in a run of half an hour', async () => {
    const whole = detector('whole', { isForWholeRuns: true });
    expect(await witnessesOf([0, 300, 600, 900, 1_200], whole)).toEqual([]);
    expect(await witnessesOf([0, 1_200], whole, detector('any'))).toEqual([['any'], ['any']]);
    expect((await witnessesOf([0, 1_500], whole)).flat()).toEqual(['whole', 'whole']);
  });

  it('is not taken in by a record that is hours late or early', async () => {
    const whole = detector('whole', { isForWholeRuns: true });
    const lines = Array.from({ length: 150 }, (_, i) => `a 10.0.0.1:40000 > 9.9.9.9:${1_000 + i} tcp at=${i * 4}`);
    const found = async (...more: string[]) =>
      (await judgeWindows(build([...lines, ...more].join('\n')), { ...options, detectors: [whole] })).found;
    expect(await found()).toBe(0);
    expect(await found('a 10.0.0.1:40000 > 9.9.9.9:443 tcp at=9000')).toBe(0);
    expect(await found('a 10.0.0.1:40000 > 9.9.9.9:443 tcp at=1500')).toBe(0);
    expect(await found(...[900, 1_500].map((at) => `a 10.0.0.1:40000 > 9.9.9.9:443 tcp at=${at}`))).toBeGreaterThan(0);
  });

  it('keeps what hosts of ours do before what strangers try, when there is not room for all', async () => {
    const knock = (i: number) => `a [2a00::${(i + 1).toString(16)}]:1 > 10.0.0.9:22 tcp at=0`;
    const lines = Array.from({ length: findingsMax }, (_, i) => knock(i));
    const attack = 'a 10.0.0.66:1 > 10.0.0.9:445 tcp at=1200';
    const judged = await judgeWindows(build([...lines, attack].join('\n')), {
      ...options,
      detectors: [detector('any')],
    });
    expect(judged.found).toBe(findingsMax + 1);
    expect(judged.findings.at(-1)!.actors[0].address).toBe('10.0.0.66');
  });

  it('counts what it finds beyond what it keeps', async () => {
    const lines = Array.from({ length: findingsMax + 3 }, (_, i) => `a 10.0.${i >> 8}.${i & 255}:1 > 9.9.9.9:22 tcp`);
    const { findings, found } = await judgeWindows(build(lines.join('\n')), {
      ...options,
      detectors: [detector('any')],
    });
    expect(findings).toHaveLength(findingsMax);
    expect(found).toBe(findingsMax + 3);
  });
});
