/**
 * Uploads and floods by their beginning: a place that a host never spoke to gets very much at once.
 *
 * Sees: a host of ours that has nothing to do with a service while a run of half an hour or more begins, and later sends it a hundred megabytes in
 * five minutes and ten times what it sends to all others, or two hundred packets (a thousand datagrams) or five connections a second.
 * Looks alike: backups, which come back or go to where many hosts send theirs; calls, videos and measurements of speed, which the forest knows. So it
 * wants the forest's word, if far less of it than the forest needs alone.
 */
import { F, W } from '../conversations/row.ts';
import { TRAIT } from '../features/context.ts';
import { windowSeconds } from '../limits.ts';
import { collectionPoints } from './collection-points.ts';
import { ANYBODY, type Detector, type Signal } from './detector.ts';
import { edgeOf, News } from './news.ts';
import { probabilityOf, type Scored, wordOf } from './scored.ts';
import { isUdp } from './services.ts';
import { isServerSending, totalsOf } from './totals.ts';

/** Bytes in one window: what Slips reports for an hour. */
const UPLOAD_BYTES_MIN = 100e6;

/** Times what the host sends to all others in five minutes, on average over the run. */
const UPLOAD_USUAL_TIMES_MIN = 10;

/**
 * Packets a second: of datagrams, which calls and videos are full of, as many as volume.ts asks for alone, of anything else as many as the forest is believed
 * from on (forest.ts). And connections a second, which are hundreds in a minute. Chosen on simulated networks.
 */
const FLOOD_DATAGRAMS_PER_SECOND_MIN = 1_000;
const FLOOD_PACKETS_PER_SECOND_MIN = 200;
const FLOOD_FLOWS_PER_SECOND_MIN = 5;

/** Probability that the forest must give the class. Far below its own thresholds: it only rules out what it knows well. Chosen on simulated networks. */
const FOREST_MIN = { exfiltration: 0.02, 'denial-of-service': 0.2 } as const;

export const newLoads: Detector = {
  name: 'new-loads',
  source: 'the sizes of the volume tests, at places that the client never spoke to',
  isForWholeRuns: true,
  alone: `where the forest gives exfiltration ${FOREST_MIN.exfiltration}, or denial-of-service ${FOREST_MIN['denial-of-service']}`,
  detect(scored) {
    const uploads = positionsOf(scored, 'exfiltration', isUpload);
    const floods = positionsOf(scored, 'denial-of-service', isFlood);
    const past = new Past(scored, [...uploads, ...floods]);
    const points = uploads.length > 0 ? collectionPoints(scored) : new Set();
    const isCopy = (position: number) => points.has(scored.conversations.words[wordOf(scored, position) + W.server]);
    return [
      ...uploads
        .filter((position) => past.isNew(position) && past.isUnusual(position) && !isCopy(position))
        .map((position) => signalOf(scored, 'exfiltration', position)),
      ...floods
        .filter((position) => past.isNew(position))
        .map((position) => signalOf(scored, 'denial-of-service', position)),
    ];
  },
};

type LoadClass = keyof typeof FOREST_MIN;

/** What hosts of ours send much of, where the forest does not rule the class out. */
function positionsOf(scored: Scored, name: LoadClass, isMuch: (scored: Scored, position: number) => boolean): number[] {
  const positions: number[] = [];
  for (let position = 0; position < scored.rows.length; position++) {
    if ((scored.context.traits[position] & TRAIT.clientIsOurs) === 0) continue;
    if (probabilityOf(scored, position, name) >= FOREST_MIN[name] && isMuch(scored, position)) positions.push(position);
  }
  return positions;
}

function isUpload(scored: Scored, position: number): boolean {
  const { conversations, context } = scored;
  const at = wordOf(scored, position);
  if (conversations.floats[(at >> 1) + F.forwardBytes] < UPLOAD_BYTES_MIN) return false;
  return (context.traits[position] & TRAIT.serverIsOurs) === 0;
}

function isFlood(scored: Scored, position: number): boolean {
  if (isServerSending(scored, position)) return false;
  const { packets, flows, seconds } = totalsOf(scored, [position]);
  const isDatagrams = isUdp(scored.conversations.words[wordOf(scored, position) + W.service]);
  const packetsPerSecondMin = isDatagrams ? FLOOD_DATAGRAMS_PER_SECOND_MIN : FLOOD_PACKETS_PER_SECOND_MIN;
  return packets / seconds >= packetsPerSecondMin || flows / seconds >= FLOOD_FLOWS_PER_SECOND_MIN;
}

/** What the run holds about the clients of some positions. */
class Past {
  readonly #scored: Scored;
  readonly #news: News;
  /** Bytes that each client sent, in all and to each service. */
  readonly #bytes = new Map<string | number, number>();

  constructor(scored: Scored, positions: readonly number[]) {
    this.#scored = scored;
    const { words, floats } = scored.conversations;
    this.#news = new News(scored, positions, edgeOf);
    const clients = new Set(positions.map((position) => words[wordOf(scored, position) + W.client]));
    if (clients.size === 0) return;
    for (let position = 0; position < scored.rows.length; position++) {
      const at = wordOf(scored, position);
      const client = words[at + W.client];
      if (!clients.has(client)) continue;
      for (const sum of [client, edgeOf(scored, position)]) {
        this.#bytes.set(sum, (this.#bytes.get(sum) ?? 0) + floats[(at >> 1) + F.forwardBytes]);
      }
    }
  }

  isNew(position: number): boolean {
    return this.#news.has(position);
  }

  /** Whether it is many times what the client sends to all others. */
  isUnusual(position: number): boolean {
    const { conversations, context } = this.#scored;
    const at = wordOf(this.#scored, position);
    const others =
      this.#bytes.get(conversations.words[at + W.client])! - this.#bytes.get(edgeOf(this.#scored, position))!;
    const windows = (context.lastWindow - context.firstWindow) / windowSeconds + 1;
    return conversations.floats[(at >> 1) + F.forwardBytes] >= (UPLOAD_USUAL_TIMES_MIN * others) / windows;
  }
}

function signalOf(scored: Scored, name: LoadClass, position: number): Signal {
  const { words } = scored.conversations;
  const at = wordOf(scored, position);
  return {
    class: name,
    actor: words[at + W.client],
    actorIsVictim: false,
    // A drop point is a place, a flood is a manner.
    scope: name === 'exfiltration' ? words[at + W.server] : ANYBODY,
    window: words[at + W.window],
    suffices: true,
    positions: [position],
  };
}
