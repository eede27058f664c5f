/**
 * Name servers of a host's own choice: plain DNS, DNS over TLS and over HTTPS (GuardDuty's UnusualDNSResolver, UnusualDoTActivity and
 * UnusualDoHActivity).
 *
 * Sees: a host of ours that is answered by a name server outside which it had not asked in the first window looked at.
 * Looks alike: resolvers of ours, which ask the internet all day (they serve names as well); hosts that were set up with a public resolver (they
 * have always asked it, and most hosts do). Only the history knows what was there yesterday: this test sees what is new in one run.
 */
import { W } from '../conversations/row.ts';
import { PROTOCOL } from '../flowlog/fields.ts';
import { type Detector, type Signal, stateSignal } from './detector.ts';
import { wordOf } from './scored.ts';
import { grouped, positionsOn, type Sight, sightsOn } from './sight.ts';

const PLAIN = new Set([(PROTOCOL.tcp << 16) | 53, (PROTOCOL.udp << 16) | 53]);
const TLS = new Set([(PROTOCOL.tcp << 16) | 853, (PROTOCOL.udp << 16) | 853]);
const HTTPS = new Set([(PROTOCOL.tcp << 16) | 443, (PROTOCOL.udp << 16) | 443]);

/**
 * Addresses at which public resolvers answer over HTTPS, and that serve nothing else: Google, Cloudflare, Quad9, OpenDNS, AdGuard, from their
 * own documentation.
 */
export const PUBLIC_RESOLVERS: ReadonlySet<string> = new Set([
  ...['8.8.8.8', '8.8.4.4', '2001:4860:4860::8888', '2001:4860:4860::8844'],
  ...['1.1.1.1', '1.0.0.1', '1.1.1.2', '1.0.0.2', '1.1.1.3', '1.0.0.3', '2606:4700:4700::1111', '2606:4700:4700::1001'],
  ...['9.9.9.9', '149.112.112.112', '9.9.9.10', '9.9.9.11', '2620:fe::fe', '2620:fe::9'],
  ...['208.67.222.222', '208.67.220.220', '2620:119:35::35', '2620:119:53::53'],
  ...['94.140.14.14', '94.140.15.15', '2a10:50c0::ad1:ff', '2a10:50c0::ad2:ff'],
]);

/** Questions answered by one server in the run: fewer are a try, or a program that looks at several. */
const ANSWERS_MIN = 10;

/** Mean bytes of packets without data, such as resets that answer strangers; the shortest question has 45 with its headers. */
const BARE_BYTES_MAX = 44;

/** Name servers of one host: whoever asks more resolves names itself or looks at what there is. */
const SERVERS_MAX = 3;

/** Hosts that begin within one run: more are a new setting of the network, or one without a resolver of its own. */
const HOSTS_MAX = 5;

export const resolver: Detector = {
  name: 'name-servers',
  source: 'public resolvers without precedent, after GuardDuty UnusualDNSResolver, DoT and DoH',
  alone: 'always',
  isForWholeRuns: true,
  detect(scored) {
    const { words, names } = scored.conversations;
    const { addresses } = names;
    const publicResolvers = new Set([...PUBLIC_RESOLVERS].map((address) => addresses.parse(address)));
    const began = scored.context.firstWindow;
    const isPlain = (service: number) => PLAIN.has(service);
    const served = positionsOn(scored, { isService: isPlain, serverIsOurs: true, isFailure: false });
    const serving = new Set(served.map((position) => words[wordOf(scored, position) + W.server]));
    const isOpen = (service: number) => PLAIN.has(service) || TLS.has(service);
    const isAsked = (sight: Sight) => isQuestion(sight) && !serving.has(sight.client);
    const asked = [
      ...sightsOn(scored, { ...OUTWARD, isService: isOpen }, isAsked),
      ...sightsOn(
        scored,
        { ...OUTWARD, isService: (service) => HTTPS.has(service), servers: publicResolvers },
        isAsked,
      ),
    ];
    const seekers = [...grouped(asked, ({ client }) => client).values()].filter(
      (ofClient) => new Set(ofClient.map(({ server }) => server)).size <= SERVERS_MAX,
    );
    const fresh = [
      ...grouped(seekers.flat(), ({ client, server, service }) => `${client}/${server}/${service}`).values(),
    ]
      .filter((questions) => questions.every(({ window }) => window > began))
      .filter((questions) => questions.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0) >= ANSWERS_MIN);
    const hosts = new Set(fresh.map(([{ client }]) => client));
    return hosts.size > HOSTS_MAX ? [] : fresh.flatMap((questions) => questions.map(signalOf));
  },
};

/** Answered questions of ours to strangers. */
const OUTWARD = { clientIsOurs: true, serverIsOurs: false, isFailure: false } as const;

function isQuestion({ packetsSent, bytesSent }: Sight): boolean {
  return bytesSent > BARE_BYTES_MAX * packetsSent;
}

function signalOf({ client, server, window, position }: Sight): Signal {
  return stateSignal({ type: 'unusual-resolver', actor: client, scope: server, window, positions: [position] });
}
