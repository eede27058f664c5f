/**
 * A finding on its way to people: heard, routed, told once.
 *
 * Telling goes claim, publish, mark. The claim is a conditional write, so of any number of deliveries at once one tells and the others
 * come back later to find it told. A run that dies between publishing and marking leaves its claim behind; once that is older than `claimSeconds`
 * the next delivery tells the finding again. So every message goes out at least once, and at most once more for each run that died in
 * that gap, which is a single write long: what it needs has been read and worked out before publishing.
 */
import { BUDGET_MAGIC, EMPTY_BUDGET, thresholdOf } from '../findings/budget.ts';
import type { Finding } from '../findings/finding.ts';
import { judge } from '../findings/judgement.ts';
import type { Store } from '../history/store.ts';
import { claimTriesMax } from '../limits.ts';
import type { Settings } from '../settings.ts';
import { dayOf, takePlace } from './day-record.ts';
import {
  claimed,
  hear,
  held,
  type IncidentState,
  incidentKey,
  isClaimed,
  marked,
  type News,
  released,
  UNHEARD,
} from './incident-state.ts';
import { findingMessage, type Message, type Publish } from './message.ts';
import { type Hold, holdByItself, holdBySituation, type Situation } from './route.ts';
import { causeOf, rememberTold, toldOf } from './side-effects.ts';
import { Busy, readJson, writeJson } from './stored-json.ts';

export type Outcome = { readonly told: true; readonly why: News } | { readonly told: false; readonly why: Hold };

/** Key of what the alert budget has learned. */
export const BUDGET_KEY = `incidents/${BUDGET_MAGIC}.json`;

/** A finding, and what it takes to tell it. */
interface Errand {
  readonly finding: Finding;
  readonly store: Store;
  readonly settings: Settings;
  readonly nowSeconds: number;
  readonly publish: Publish;
}

/**
 * Tells a finding, or says why not. Throws `Busy` when another run is telling the same incident, and what `publish` throws; both times
 * nothing is lost, the finding is to be delivered again.
 */
export async function notify(
  stored: Finding,
  store: Store,
  settings: Settings,
  nowSeconds: number,
  publish: Publish,
): Promise<Outcome> {
  // The settings may have changed since it was stored.
  const [finding] = judge([stored], settings, nowSeconds).findings;
  const hold = holdByItself(finding, settings);
  if (hold !== undefined) return { told: false, why: hold };
  for (let tries = 0; tries < claimTriesMax; tries++) {
    const outcome = await attempt({ finding, store, settings, nowSeconds, publish });
    if (outcome !== 'overtaken') return outcome;
  }
  throw new Busy(`incident ${finding.incident} was changed by others ${claimTriesMax} times in a row`);
}

/** One attempt; `overtaken` when somebody else changed the incident first and nothing has happened yet. */
async function attempt(errand: Errand): Promise<Outcome | 'overtaken'> {
  const { finding, store, settings, nowSeconds } = errand;
  const key = incidentKey(finding.incident);
  const read = await readJson(store, key, UNHEARD);
  const { state, news } = hear(read.value, finding, settings.quietMinutes * 60);
  const isNews = news !== 'known' && news !== 'earlier';
  if (!isNews && state === read.value) return { told: false, why: news };
  if (isClaimed(read.value, nowSeconds)) throw new Busy(`incident ${finding.incident} is being told by another run`);
  const put = (next: IncidentState) => writeJson(store, key, next, read.condition);
  if (!isNews) {
    if (!(await put(state))) return 'overtaken';
    // What goes on goes on having side effects.
    if (state.told !== undefined) await rememberTold(store, finding);
    return { told: false, why: news };
  }
  const situation = await situationOf(errand);
  const hold = holdBySituation(finding, news, situation);
  if (hold !== undefined) {
    return (await put(held(state, hold, nowSeconds))) ? { told: false, why: hold } : 'overtaken';
  }
  if (!(await put(claimed(state, finding, nowSeconds)))) return 'overtaken';
  return tell(errand, findingMessage(finding, news, situation.threshold), news);
}

async function situationOf({ finding, store, settings, nowSeconds }: Errand): Promise<Situation> {
  const [told, budget] = await Promise.all([toldOf(store, finding), readJson(store, BUDGET_KEY, EMPTY_BUDGET)]);
  const { class: behaviour } = finding;
  return {
    isSideEffect: causeOf(finding, told) !== undefined,
    threshold: thresholdOf(budget.value, behaviour, settings.alertsPerDay[behaviour], dayOf(nowSeconds)),
  };
}

/** Publishes the message about a claimed incident, within the alerts of the day. */
async function tell(errand: Errand, message: Message, news: News): Promise<Outcome> {
  const { finding, store, settings, nowSeconds, publish } = errand;
  const key = incidentKey(finding.incident);
  const { value, condition } = await readJson(store, key, UNHEARD);
  try {
    const place = { news, number: value.messages, alertsPerDay: settings.alertsPerDay[finding.class] };
    if (!(await takePlace(store, dayOf(nowSeconds), finding, place))) {
      await writeJson(store, key, held(value, 'budget', nowSeconds), condition);
      return { told: false, why: 'budget' };
    }
    await publish(message);
  } catch (error) {
    await writeJson(store, key, released(value), condition).catch((cause) => {
      throw new AggregateError([error, cause], `${(error as Error).message}; its claim stays until it is stale`);
    });
    throw error;
  }
  // Where this fails the claim was taken for stale and somebody else is telling it too: that is the repeated message.
  await writeJson(store, key, marked(value, finding, nowSeconds), condition);
  await rememberTold(store, finding);
  return { told: true, why: news };
}
