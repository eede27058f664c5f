/**
 * A signal of the history becomes a finding, as an incident of windows does.
 */

import { typeNamed } from '../findings/catalog.ts';
import { fillIn, isoTime } from '../findings/explain.ts';
import type { Finding, Host } from '../findings/finding.ts';
import { identify } from '../findings/identity.ts';
import { severityOf } from '../findings/severity.ts';
import type { FindingType } from '../findings/types/finding-type.ts';
import { evidenceRecordsMax, findingListMax } from '../limits.ts';
import type { Classifier } from '../model/classifier.ts';
import { weekOf } from './hours.ts';
import type { HistorySignal } from './signal.ts';
import type { Track } from './track.ts';

/** Findings of one detector's signals; the forest is a second witness where it gave their class its threshold in one of the windows. */
export function explainSignal(signal: HistorySignal, witness: string, classifier: Classifier): Finding {
  const type = typeNamed(signal.type);
  const { actor, actorIsVictim, scope, tracks } = signal;
  const actors = actorIsVictim ? distinct(tracks.map(({ client }) => client)) : [actor];
  // Where protocols have no ports, the other end may have spoken first.
  const others = tracks.map(({ client, server }) => (server.address === actor.address ? client : server));
  const hosts = actorIsVictim ? [actor] : distinct(others);
  const services = [...new Set(tracks.map(({ service }) => service))];
  const words = {
    actor: actor.address,
    targets: hosts.length === 1 ? hosts[0].address : `${hosts.length} hosts`,
    service: services.length === 1 ? services[0] : `${services.length} services`,
    ...(signal.origin === undefined ? {} : { origin: signal.origin }),
  };
  const { threshold, probability } = forestOf(type, tracks, classifier);
  const witnesses = threshold !== undefined && probability >= threshold ? ['forest', witness] : [witness];
  const answered = tracks.some((track) => track.answered);
  const evidence = tracks.flatMap((track) => track.evidence);
  return {
    ...identify({
      kind: type.class === 'other-attack' ? type.type : type.class,
      role: actorIsVictim ? 'victim' : 'actor',
      actor: actor.address,
      scope,
      began: weekOf(signal.firstSeconds),
    }),
    type: type.type,
    class: type.class,
    severity:
      (witnesses.length === 1 ? signal.severity : undefined) ??
      severityOf(type.severity, { actorIsOurs: actor.isOurs, answered }, witnesses),
    title: fillIn(type.title, words),
    account: tracks[0]?.account ?? '-',
    actors: actors.slice(0, findingListMax),
    actorCount: actors.length,
    targets: {
      hosts: hosts.slice(0, findingListMax),
      hostCount: hosts.length,
      services: services.slice(0, findingListMax),
      serviceCount: services.length,
    },
    firstSeen: isoTime(signal.firstSeconds),
    lastSeen: isoTime(signal.lastSeconds),
    count: tracks.reduce((sum, { windows }) => sum + windows, 0),
    observed: signal.observed,
    expected: { ...type.expected, ...signal.expected, ...(threshold === undefined ? {} : { probability: threshold }) },
    probability: Number(probability.toFixed(4)),
    witnesses,
    reasons: [],
    evidence: evidence.slice(0, evidenceRecordsMax),
    sources: [...new Set(evidence.map(({ source }) => source))].sort().slice(0, findingListMax),
    technique: type.technique,
    nextSteps: type.nextSteps.map((step) => fillIn(step, words)),
  };
}

function distinct(hosts: readonly Host[]): Host[] {
  return [...new Map(hosts.map((host) => [host.address, host])).values()];
}

function forestOf({ class: name }: FindingType, tracks: readonly Track[], { manifest }: Classifier) {
  if (name === 'other-attack') return { threshold: undefined, probability: 0 };
  const probability = tracks.reduce((most, { probabilities }) => Math.max(most, probabilities[name] ?? 0), 0);
  return { threshold: manifest.thresholds[name], probability };
}
