/**
 * Slack's incoming webhooks. The address is a secret: no error and no log line may hold it.
 *
 * Source: Slack API, "Sending messages using incoming webhooks" and "Rate limits": one message a second, then 429 with Retry-After.
 */
import { webhookMillisecondsMax, webhookTriesMax } from '../../lib/limits.ts';

/** Seconds to wait where the answer does not say, and at most. */
const PAUSE_SECONDS = 1;
const PAUSE_SECONDS_MAX = 10;

/** Posts a JSON text; throws when the address is none or the message was not taken after some tries. */
export async function postToWebhook(address: string, json: string): Promise<void> {
  if (!isSafe(address))
    throw new Error('the secret holds no address that begins with https://, expected that of a webhook');
  for (let tries = 1; ; tries++) {
    const answer = await post(address, json);
    if (answer.ok) return;
    const passes = answer.status === 429 || answer.status >= 500 || answer.status === 0;
    if (!passes || tries >= webhookTriesMax)
      throw new Error(`the webhook answered ${answer.problem} after ${tries} tries`);
    await new Promise((resolve) => setTimeout(resolve, answer.pauseSeconds * 1_000));
  }
}

/** Who can read the address can write to the channel, so it may leave this machine encrypted only. */
function isSafe(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
}

interface Answer {
  readonly ok: boolean;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly problem: string;
  readonly pauseSeconds: number;
}

async function post(address: string, body: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(webhookMillisecondsMax);
  try {
    const response = await fetch(address, { method: 'POST', body, headers, signal, redirect: 'error' });
    await response.body?.cancel();
    const asked = Number(response.headers.get('retry-after'));
    const pauseSeconds = Math.min(PAUSE_SECONDS_MAX, asked > 0 ? asked : PAUSE_SECONDS);
    return { ok: response.ok, status: response.status, problem: `status ${response.status}`, pauseSeconds };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return { ok: false, status: 0, problem: `nothing (${cause?.code ?? name})`, pauseSeconds: PAUSE_SECONDS };
  }
}
