/**
 * What the forest alone says of an upload, held against what the host sends anyway. The forest sees five minutes, in which a nightly copy, a mail
 * gateway and a theft look alike; the host's usual days tell the first two from the third.
 */
import type { Finding } from '../findings/finding.ts';
import { baselineLearningDays } from '../limits.ts';
import { baselineEnd, type LearnedDay } from './baseline.ts';
import { learnedDays, readBaseline } from './baseline-file.ts';
import { DAY_SECONDS, dayOf, HOUR_SECONDS } from './hours.ts';
import type { Store } from './store.ts';

/**
 * The findings, those that the forest alone makes of uploads with what is usual for their host beside what it sent: as much as that, in an hour to
 * one place on half of its usual days or more, is for the digest. Days of baselines that cannot be read are left out; the history names them.
 */
export async function againstHabits(findings: readonly Finding[], store: Store): Promise<Finding[]> {
  const uploads = Map.groupBy(findings.filter(isForestsUpload), (finding) => dayOf(secondsOf(finding.firstSeen)));
  const weighed = new Map<string, Finding>();
  for (const [day, ofDay] of uploads) {
    const hosts = new Set(ofDay.map(({ actors }) => actors[0].address));
    const learned = await learnedDays(hosts, baselineEnd(day + DAY_SECONDS - 1), (start) =>
      readBaseline(store, start).catch(() => undefined),
    );
    for (const finding of ofDay) weighed.set(finding.id, weigh(finding, learned.get(finding.actors[0].address) ?? []));
  }
  return findings.map((finding) => weighed.get(finding.id) ?? finding);
}

const isForestsUpload = ({ class: name, witnesses, actors }: Finding) =>
  name === 'exfiltration' && witnesses.join() === 'forest' && actors.length === 1;

function weigh(finding: Finding, days: readonly LearnedDay[]): Finding {
  const known = days.flatMap(({ bytesOutPlaceHourMost }) => bytesOutPlaceHourMost ?? []).sort((a, b) => a - b);
  if (known.length < baselineLearningDays) return finding;
  // As much or more on half of the days.
  const usual = known[known.length >> 1];
  const hours = Math.max(1, (secondsOf(finding.lastSeen) - secondsOf(finding.firstSeen)) / HOUR_SECONDS);
  const isUsual = finding.observed.bytesSent / hours <= usual;
  return {
    ...finding,
    ...(isUsual ? { severity: 'low' as const } : {}),
    expected: { ...finding.expected, bytesSent: usual },
  };
}

const secondsOf = (time: string) => Date.parse(time) / 1_000;
