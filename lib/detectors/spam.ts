/**
 * Spam bots: mail straight to strangers from a host that is no mail server (GuardDuty's Spambot is the same with a history).
 *
 * Sees: a host of ours that tries port 25 of many strangers, though nobody is served mail by it.
 * Looks alike: mail servers and relays (they listen for mail as well), and programs that send newsletters themselves; who delivered mail in the
 * first window looked at is left alone, so a sender that has always been there is no news.
 */
import { type Detector, stateSignal } from './detector.ts';
import { MAIL_DELIVERY, MAIL_SERVICES } from './services.ts';
import { grouped, sightsOn } from './sight.ts';

/** Strangers tried over the run: a host that reports to its owner by mail knows a handful of servers. */
const STRANGERS_MIN = 10;

export const spam: Detector = {
  name: 'mail-delivery',
  source: 'port 25 of many strangers by no mail server, after GuardDuty Spambot',
  alone: 'always',
  isForWholeRuns: true,
  detect(scored) {
    const began = scored.context.firstWindow;
    const isMail = (service: number) => MAIL_SERVICES.has(service);
    const served = sightsOn(scored, { isService: isMail, serverIsOurs: true, isFailure: false });
    const servers = new Set(served.map(({ server }) => server));
    const isDelivery = (service: number) => service === MAIL_DELIVERY;
    const deliveries = sightsOn(scored, { isService: isDelivery, clientIsOurs: true, serverIsOurs: false });
    return [...grouped(deliveries, ({ client }) => client).values()]
      .filter(([{ client }]) => !servers.has(client))
      .filter((ofClient) => ofClient.every(({ window }) => window > began))
      .filter((ofClient) => new Set(ofClient.map(({ server }) => server)).size >= STRANGERS_MIN)
      .flatMap((ofClient) => [...grouped(ofClient, ({ window }) => window).values()])
      .map((inWindow) => {
        const [{ client: actor, window }] = inWindow;
        return stateSignal({ type: 'spam-bot', actor, window, positions: inWindow.map(({ position }) => position) });
      });
  },
};
