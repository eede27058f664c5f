/**
 * Blindness: interfaces that have gone silent, and records that AWS could not capture.
 *
 * Sees: an interface that reported in nearly every hour for days and has not for six, while others went on; hours with SKIPDATA.
 * Looks alike: instances that were stopped or replaced, which is why it is for the digest, and is not told when many go at once, as scaling and
 * deployments do. When everything is silent nothing can be seen here: the canary's alarm tells that.
 */
import { HOUR_SECONDS } from '../hours.ts';
import {
  ANYWHERE,
  type HistoryContext,
  type HistoryDetector,
  type HistorySignal,
  type InterfaceHistory,
} from '../signal.ts';

/** Hours of silence while the network had data. */
const SILENT_HOURS_MIN = 6;

/** Hours that an interface must have reported in before, and their share of the hours since its first. */
const HOURS_MIN = 48;
const SHARE_MIN = 0.9;

/** Interfaces that may fall silent in one hour so that each is news: more are a deployment. */
const TOGETHER_MAX = 2;

export const blindness: HistoryDetector = {
  name: 'silence',
  source: 'hours without records of an interface; SKIPDATA',
  alone: 'always, for the digest',
  detectNetwork: (context) => [...silentInterfaces(context), ...lostRecords(context)],
};

function silentInterfaces({ hours, interfaces }: HistoryContext): HistorySignal[] {
  const silent = interfaces.flatMap((one) => {
    const silentHours = hours.filter((hour) => hour >= one.lastSeconds).length;
    return silentHours >= SILENT_HOURS_MIN && isSteady(one, hours) ? [{ one, silentHours }] : [];
  });
  return [...Map.groupBy(silent, ({ one }) => one.hours.at(-1)!).values()]
    .filter((together) => together.length <= TOGETHER_MAX)
    .flat()
    .map(({ one, silentHours }) => ({
      type: 'interface-silent',
      actor: { address: one.interfaceId, isOurs: true },
      actorIsVictim: false,
      scope: ANYWHERE,
      firstSeconds: one.lastSeconds,
      lastSeconds: one.lastSeconds,
      observed: { silentHours, hoursBefore: one.hours.length },
      expected: { silentHours: 0 },
      tracks: [],
    }));
}

function isSteady(one: InterfaceHistory, hours: readonly number[]): boolean {
  const could = hours.filter((hour) => hour >= one.hours[0] && hour < one.lastSeconds).length;
  return one.hours.length >= HOURS_MIN && one.hours.length >= SHARE_MIN * could;
}

/** Who stands for the logs as a whole where a finding names a host. */
const THE_LOGS = { address: 'flow logs', isOurs: true };

function lostRecords({ skipData }: HistoryContext): HistorySignal[] {
  const lost = [...skipData].filter(([, records]) => records > 0).sort(([a], [b]) => a - b);
  if (lost.length === 0) return [];
  return [
    {
      type: 'logging-gap',
      actor: THE_LOGS,
      actorIsVictim: false,
      scope: ANYWHERE,
      firstSeconds: lost[0][0],
      lastSeconds: lost.at(-1)![0] + HOUR_SECONDS,
      observed: { lostRecords: lost.reduce((sum, [, records]) => sum + records, 0), hours: lost.length },
      expected: { lostRecords: 0 },
      tracks: [],
    },
  ];
}
