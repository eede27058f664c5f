/**
 * What every type of finding takes to be found: `node bench/detections.ts > docs/detections.md` (`--seeds N --first-seed N --only SCENARIO`).
 *
 * For every seed, a VPC of 12 hosts with everyday traffic lives for four days and is learned. On the fifth day one attack of the simulator is laid
 * over it, at its ordinary size (that of GuardDuty's tester where the tester has it), a tenth of it, and less, and history is looked at one and six
 * hours after its first packet and when the day ends. Written as Markdown.
 */
import { parseArgs } from 'node:util';
import { openModel } from '../bin/model.ts';
import { outcomeOf } from './attack-day.ts';
import { page, type Run } from './detections-page.ts';
import { ATTACKS } from './goals.ts';
import { EVERYDAY, type Life, learned } from './lives.ts';

const INTENSITIES = [1, 0.1, 0.01];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '4' },
    'first-seed': { type: 'string', default: '90000' },
    only: { type: 'string' },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values['first-seed']) + i);
const goals = ATTACKS.filter(({ scenario }) => values.only === undefined || scenario === values.only);
const classifier = await openModel();
const runs: Run[] = [];
for (const seed of seeds) {
  const lives = new Map<string, Life>();
  for (const goal of goals) {
    const everyday = EVERYDAY.filter((name) => goal.without?.includes(name) !== true);
    const life = lives.get(everyday.join()) ?? (await learned(seed, everyday, classifier));
    lives.set(everyday.join(), life);
    for (const intensity of goal.mishap === undefined ? INTENSITIES : [1]) {
      const outcome = await outcomeOf(life, goal, intensity, classifier);
      runs.push({ goal, seed, intensity, outcome });
      const { found } = outcome;
      const text = found === undefined ? 'not found' : `${found.hours.toFixed(1)} h, ${found.by}`;
      console.error(`seed ${seed} ${goal.scenario} as ${goal.types[0]} at ${intensity}: ${text}`);
      // What is not found at a tenth is not found at less.
      if (found === undefined && intensity < 1) break;
    }
  }
}
await classifier.close();
console.log(page([...Map.groupBy(runs, ({ goal }) => goal).values()].flat(), INTENSITIES));
