/**
 * New and changed findings in, messages to people out; once a day the digest of the day before.
 */
import { bucketStore } from '../lib/aws/bucket-store.ts';
import { newObjects } from '../lib/aws/events.ts';
import { readSecret } from '../lib/aws/secret.ts';
import { publishChat, publishMessage } from '../lib/aws/topic.ts';
import { optional, required } from '../lib/environment.ts';
import { parseFinding } from '../lib/findings/stored.ts';
import type { Store } from '../lib/history/store.ts';
import { digest } from '../lib/notify/digest.ts';
import type { Message, Publish } from '../lib/notify/message.ts';
import { notify } from '../lib/notify/notify.ts';
import type { Hold } from '../lib/notify/route.ts';
import type { Settings } from '../lib/settings.ts';
import { handlerOf, taskOf, unknownEvent } from './shared/handler.ts';
import { isQueueEvent, processMessages } from './shared/queue.ts';
import { settings } from './shared/settings.ts';
import { count, logger } from './shared/telemetry.ts';
import { postToWebhook } from './shared/webhook.ts';

/** What the function works with. */
export interface NotifyParts {
  readonly store: Store;
  readonly settings: () => Promise<Settings>;
  readonly publish: Publish;
  readonly nowMilliseconds: () => number;
}

/** Not kept from people, but told already with what it belongs to. */
const OF_KNOWN_INCIDENT: ReadonlySet<Hold> = new Set(['known', 'earlier']);

const FINDING_KEY = /^findings\/day=\d{4}-\d\d-\d\d\/[0-9a-f]{32}\.json$/;

export const handler = handlerOf(async (event: unknown, context) => {
  const parts = deployed(regionOf(context.invokedFunctionArn));
  if (taskOf(event) === 'digest') return tellDay(parts);
  if (isQueueEvent(event)) return processMessages(event, context, ({ body }) => tellFindings(body, parts));
  throw unknownEvent(event, 'messages of the notify queue or {"task":"digest"}');
});

/** Tells of the findings that an event of the findings bucket speaks of. */
export async function tellFindings(body: string, parts: NotifyParts): Promise<void> {
  for (const { key } of newObjects(body)) {
    if (!FINDING_KEY.test(key)) throw new Error(`got the key ${key.slice(0, 200)}, expected findings/day=…/<id>.json`);
    const stored = await parts.store.read(key);
    // It was removed meanwhile, for instance by the bucket's lifecycle.
    if (stored === undefined) continue;
    const finding = parseFinding(Buffer.from(stored.bytes).toString('utf8'));
    const nowSeconds = Math.floor(parts.nowMilliseconds() / 1_000);
    const outcome = await notify(finding, parts.store, await parts.settings(), nowSeconds, parts.publish);
    logger.info('finding judged', { finding: finding.id, type: finding.type, ...outcome });
    if (outcome.told) count('messages', 1);
    else if (!OF_KNOWN_INCIDENT.has(outcome.why)) count('suppressed', 1);
  }
}

/** The digest of the day before, in UTC. */
export async function tellDay({ store, settings, publish, nowMilliseconds }: NotifyParts): Promise<void> {
  const now = nowMilliseconds();
  const day = new Date(now - 86_400_000).toISOString().slice(0, 10);
  const told = await digest(day, store, await settings(), Math.floor(now / 1_000), publish);
  logger.info('digest', { day, told });
  if (told) count('messages', 1);
}

/**
 * To the topic first: if that fails, everything is tried again. Chat comes after it and by its best effort, since a failure there would
 * repeat the e-mail with each delivery.
 */
export function publisher(channels: readonly Channel[]): Publish {
  const [topic, ...others] = channels;
  return async (message) => {
    await topic.send(message);
    for (const { name, send } of others) {
      await send(message).catch((error) => {
        logger.error('a channel failed', { channel: name, error: error as Error });
        count('channelFailures', 1);
      });
    }
  };
}

export interface Channel {
  readonly name: string;
  readonly send: (message: Message) => Promise<void>;
}

function deployed(region: string): NotifyParts {
  const topic = required('topic');
  const chatTopic = optional('chatTopic');
  const slackSecret = optional('slackSecret');
  const channels: Channel[] = [{ name: 'topic', send: (message) => publishMessage(topic, message, region) }];
  if (chatTopic !== undefined) channels.push({ name: 'chat', send: (message) => publishChat(chatTopic, message) });
  if (slackSecret !== undefined) {
    // Read for every message: messages are few, and a secret that was replaced works at once.
    const send = async ({ slack }: Message) => postToWebhook(await readSecret(slackSecret), slack);
    channels.push({ name: 'slack', send });
  }
  const store = bucketStore(required('findingsBucket'));
  return { store, settings, publish: publisher(channels), nowMilliseconds: Date.now };
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME` */
function regionOf(functionArn: string): string {
  return functionArn.split(':')[3];
}
