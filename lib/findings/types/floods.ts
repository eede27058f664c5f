/** Types of findings about denial of service. */
import { PROTOCOL } from '../../flowlog/fields.ts';
import type { Measures } from '../measure.ts';
import { always, BY_ROLE } from '../severity.ts';
import { type FindingType, ISOLATE, perSecond, round, type Situation } from './finding-type.ts';

const floodFigures = (measures: Measures) => ({
  packetsPerSecond: perSecond(measures.packetsSent, measures),
  bytesPerSecond: perSecond(measures.bytesSent, measures),
  flowsPerSecond: perSecond(measures.flows, measures),
  sources: measures.clients.size,
});

/**
 * Rates below which voice and video that nobody answers, and pages that load many parts, come as far. The test of volume asks for as much before
 * it believes itself alone (lib/detectors/volume.ts).
 */
const SMALL_PACKETS_PER_SECOND = 1_000;
const SMALL_FLOWS_PER_SECOND = 500;

const isSmall = ({ measures }: Situation) =>
  Math.max(measures.packetsSent, measures.packetsReceived) < SMALL_PACKETS_PER_SECOND * measures.activeSeconds &&
  measures.flows < SMALL_FLOWS_PER_SECOND * measures.activeSeconds;

/**
 * Datagrams answered for each that is sent. Who sends video hears voice, a twelfth of its packets; the target of a flood says nothing, or that nobody
 * listens.
 */
const ANSWERED_SHARE_MIN = 0.02;

const isExchange = ({ measures }: Situation) =>
  [...measures.services.keys()].every((service) => service >>> 16 === PROTOCOL.udp) &&
  measures.packetsReceived >= ANSWERED_SHARE_MIN * measures.packetsSent;

export const FLOODS: readonly FindingType[] = [
  {
    type: 'amplifier',
    class: 'denial-of-service',
    title: '{targets} is used as an amplifier, {service}',
    meaning:
      'A host of yours answers small questions from strangers with large answers, many times over: the questions are most likely forged, and the answers flood somebody.',
    severity: always('high'),
    technique: { id: 'T1498.002', name: 'Network Denial of Service: Reflection Amplification' },
    observed: (measures) => ({
      bytesAnswered: measures.bytesReceived,
      bytesAsked: measures.bytesSent,
      amplification: round(measures.bytesReceived / Math.max(1, measures.bytesSent)),
    }),
    nextSteps: [
      'Close {service} of {targets} to the internet, or limit who may ask it.',
      'If it must be public, turn on response rate limiting and the smallest answers the software offers.',
    ],
  },
  {
    type: 'inbound-flood',
    class: 'denial-of-service',
    fits: ({ actorIsVictim, actorIsOurs }) => actorIsVictim || !actorIsOurs,
    title: 'flood on {targets}, {service}',
    meaning: 'A host of yours receives far more packets or connections than it can have asked for.',
    severity: always('high'),
    isSmall,
    technique: { id: 'T1498', name: 'Network Denial of Service' },
    observed: floodFigures,
    nextSteps: [
      'Check whether the service still answers its users.',
      'Drop the sources in the network ACL if they are few, else put the service behind AWS Shield, a load balancer or CloudFront.',
    ],
  },
  {
    type: 'reflected-flood',
    class: 'denial-of-service',
    fits: ({ measures, actorIsOurs }) => actorIsOurs && measures.packetsSent === 0,
    title: '{actor} is flooded with answers it never asked for, {service}',
    meaning:
      'A host of yours receives datagrams from servers it never spoke to: somebody asks them in its name, so that their answers hit it.',
    severity: always('high'),
    technique: { id: 'T1498.002', name: 'Network Denial of Service: Reflection Amplification' },
    observed: (measures) => ({
      packetsPerSecond: perSecond(measures.packetsReceived, measures),
      bytesPerSecond: perSecond(measures.bytesReceived, measures),
      sources: measures.servers.size,
    }),
    nextSteps: [
      'Check whether {actor} still answers its users.',
      'Drop the source ports in the network ACL; if that is not enough, put the host behind AWS Shield.',
    ],
  },
  {
    type: 'outbound-flood',
    class: 'denial-of-service',
    fits: () => true,
    title: '{actor} floods {targets}, {service}',
    meaning:
      'A host of yours sends far more packets or connections than any user of the service would: it takes part in an attack.',
    severity: BY_ROLE,
    isSmall,
    isExchange,
    technique: { id: 'T1498.001', name: 'Network Denial of Service: Direct Network Flood' },
    observed: floodFigures,
    nextSteps: [
      'Stop the traffic now: deny egress to the targets in the security group.',
      'If it is a load test, tell the owner to announce it and put it on record as trusted.',
      ISOLATE,
    ],
  },
];
