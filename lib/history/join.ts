/**
 * Findings of the hours of a day become those of the day: hours are judged one by one, so that memory is bounded, and an attack that goes on
 * from one into the next is one finding. A day is the longest that one lasts; what goes on is the same incident with the next day's finding.
 */
import { type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import { evidenceRecordsMax, findingListMax, windowSeconds } from '../limits.ts';

/** As between windows of one hour: at most one silent window lies between. */
const GAP_SECONDS = 2 * windowSeconds;

/** In the order of first packet. Figures, title and reasons are those of the hour with most conversations. */
export function joinHours(findings: readonly Finding[]): Finding[] {
  const incidents = new Map<string, Finding[][]>();
  const rising = [...findings].sort((a, b) => order(a, b));
  for (const finding of rising) {
    const runs = incidents.get(finding.incident) ?? [];
    incidents.set(finding.incident, runs);
    const run = runs.at(-1);
    if (run !== undefined && goesOn(run, finding)) run.push(finding);
    else runs.push([finding]);
  }
  return [...incidents.values()].flat().map(joined).sort(order);
}

function order(a: Finding, b: Finding): number {
  if (a.firstSeen !== b.firstSeen) return a.firstSeen < b.firstSeen ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

const windowOf = (time: string) => Math.floor(Date.parse(time) / 1000 / windowSeconds) * windowSeconds;

function goesOn(run: readonly Finding[], next: Finding): boolean {
  // What is a state has one name all day.
  if (run[0].id === next.id) return true;
  const last = Math.max(...run.map(({ lastSeen }) => windowOf(lastSeen)));
  return windowOf(next.firstSeen) - last <= GAP_SECONDS;
}

function joined(run: readonly Finding[]): Finding {
  if (run.length === 1) return run[0];
  const strongest = run.reduce((most, finding) => (finding.count > most.count ? finding : most));
  const hosts = union(
    run.map(({ targets }) => targets.hosts),
    ({ address }) => address,
  );
  const services = union(
    run.map(({ targets }) => targets.services),
    (service) => service,
  );
  const actors = union(
    run.map(({ actors }) => actors),
    ({ address }) => address,
  );
  const most = (numbers: readonly number[]) => Math.max(...numbers);
  return {
    ...strongest,
    id: run[0].id,
    severity: worst(run.map(({ severity }) => severity)),
    firstSeen: run[0].firstSeen,
    lastSeen: run.reduce((last, { lastSeen }) => (lastSeen > last ? lastSeen : last), ''),
    count: run.reduce((sum, { count }) => sum + count, 0),
    actors: actors.slice(0, findingListMax),
    actorCount: most([actors.length, ...run.map(({ actorCount }) => actorCount)]),
    targets: {
      hosts: hosts.slice(0, findingListMax),
      hostCount: most([hosts.length, ...run.map(({ targets }) => targets.hostCount)]),
      services: services.slice(0, findingListMax),
      serviceCount: most([services.length, ...run.map(({ targets }) => targets.serviceCount)]),
    },
    probability: most(run.map(({ probability }) => probability)),
    witnesses: union(
      run.map(({ witnesses }) => witnesses),
      (witness) => witness,
    ),
    evidence: [strongest, ...run]
      .flatMap(({ evidence }) => evidence)
      .filter(isFirst)
      .slice(0, evidenceRecordsMax),
    sources: union(
      run.map(({ sources }) => sources),
      (source) => source,
    )
      .sort()
      .slice(0, findingListMax),
  };
}

/** What several tests say of one behaviour, under one name: the most severe form, with all who have seen it. */
export function joinTests(one: Finding, other: Finding): Finding {
  const rank = ({ severity, count }: Finding) => SEVERITIES.indexOf(severity) + count / (count + 1);
  const [main, lesser] = rank(one) >= rank(other) ? [one, other] : [other, one];
  return {
    ...main,
    firstSeen: lesser.firstSeen < main.firstSeen ? lesser.firstSeen : main.firstSeen,
    lastSeen: lesser.lastSeen > main.lastSeen ? lesser.lastSeen : main.lastSeen,
    count: Math.max(main.count, lesser.count),
    witnesses: union([main.witnesses, lesser.witnesses], (witness) => witness),
  };
}

function isFirst({ source, ordinal }: Finding['evidence'][number], index: number, all: Finding['evidence']): boolean {
  return all.findIndex((other) => other.source === source && other.ordinal === ordinal) === index;
}

function union<T>(lists: readonly (readonly T[])[], key: (value: T) => string): T[] {
  return [...new Map(lists.flat().map((value) => [key(value), value])).values()];
}

export function worst(severities: readonly Severity[]): Severity {
  return SEVERITIES[Math.max(...severities.map((severity) => SEVERITIES.indexOf(severity)))];
}
