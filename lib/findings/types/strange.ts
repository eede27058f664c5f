/** Types of findings about what is only strange for a host, or against the rules. */
import { always, BY_OUTCOME } from '../severity.ts';
import { type FindingType, ISOLATE, OWNER, trafficFigures, WHOSE } from './finding-type.ts';

export const STRANGE: readonly FindingType[] = [
  {
    type: 'lateral-movement',
    class: 'other-attack',
    title: '{actor} logs in to {targets} for the first time, {service}',
    meaning:
      'A host of yours opened an administration service of another one that it never used before, and was answered: intruders move from host to host like this, and so does a new administrator.',
    severity: always('medium'),
    technique: { id: 'T1021', name: 'Remote Services' },
    nextSteps: [OWNER, 'Search the login log of {targets} for {actor}: who logged in, and as whom?', ISOLATE],
  },
  {
    type: 'first-internet-egress',
    class: 'other-attack',
    title: '{actor} talks to the internet for the first time: {targets}, {service}',
    meaning: 'A host of yours that only ever talked inside your networks was answered by a host outside.',
    severity: always('medium'),
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    nextSteps: [OWNER, WHOSE, 'If the host needs no internet, take its route to the gateway away.'],
  },
  {
    type: 'unusual-resolver',
    class: 'other-attack',
    title: '{actor} asks a name server of its own choice: {targets}, {service}',
    meaning:
      'A host of yours asks a public name server, plain or encrypted, that it had no business with: names looked up there bypass your own logs and blocks.',
    severity: always('medium'),
    technique: { id: 'T1071.004', name: 'Application Layer Protocol: DNS' },
    observed: trafficFigures,
    nextSteps: [OWNER, 'Allow port 53 and 853 outbound only to the resolvers you mean.', ISOLATE],
  },
  {
    type: 'unusual-port',
    class: 'other-attack',
    title: '{actor} uses a remote service for the first time: {service} of {targets}',
    meaning: 'A host of yours talked to a service outside that it never used before.',
    severity: always('low'),
    technique: { id: 'T1571', name: 'Non-Standard Port' },
    nextSteps: [OWNER, WHOSE],
  },
  {
    type: 'first-seen-peer',
    class: 'other-attack',
    title: '{actor} exchanges data with {targets} for the first time, {service}',
    meaning: 'A host of yours that talks to few places talked to one that no host of yours ever talked to.',
    severity: always('low'),
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    nextSteps: [WHOSE],
  },
  {
    type: 'unusual-country',
    class: 'other-attack',
    title: '{actor} is answered from a country that is new for it: {origin}, {targets}, {service}',
    meaning:
      'A host of yours that talked to few countries in the last days exchanged data with one that hardly any host of yours talks to, by your own database of countries.',
    severity: always('low'),
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    nextSteps: [WHOSE],
  },
  {
    type: 'unusual-network',
    class: 'other-attack',
    title: '{actor} is answered from a network that is new for it: {origin}, {targets}, {service}',
    meaning:
      'A host of yours that talked to few networks of the internet in the last days exchanged data with one that hardly any host of yours talks to, by your own database of networks.',
    severity: always('low'),
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    nextSteps: [WHOSE],
  },
  {
    type: 'threat-list-contact',
    class: 'other-attack',
    title: '{actor} talks to a listed place: {targets}, {service}',
    meaning: 'A host of yours was in contact with an address on one of your lists of bad places.',
    severity: BY_OUTCOME,
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    nextSteps: [
      'See in the list why {targets} is on it.',
      'Find the process on {actor} that talks to it, and block the address.',
      ISOLATE,
    ],
  },
  {
    type: 'tor-contact',
    class: 'other-attack',
    title: '{actor} talks to the Tor network: {targets}, {service}',
    meaning: 'A host of yours was in contact with a relay of the Tor network on one of your lists.',
    severity: BY_OUTCOME,
    technique: { id: 'T1090.003', name: 'Proxy: Multi-hop Proxy' },
    nextSteps: [OWNER, 'Find the process on {actor} that talks to it.', ISOLATE],
  },
  {
    type: 'mining',
    class: 'other-attack',
    title: '{actor} seems to mine coins with {targets}, {service}',
    meaning: 'A host of yours keeps a quiet connection open to the port of a mining pool, or talks to a listed pool.',
    severity: always('high'),
    technique: { id: 'T1496', name: 'Resource Hijacking' },
    observed: trafficFigures,
    nextSteps: ['Look for a process on {actor} that uses all of its processor.', WHOSE, ISOLATE],
  },
  {
    type: 'spam-bot',
    class: 'other-attack',
    title: '{actor} sends mail to {targets}, {service}',
    meaning:
      'A host of yours that is no mail server delivers mail straight to many strangers: spam, and your addresses will be listed for it.',
    severity: always('high'),
    technique: { id: 'T1071.003', name: 'Application Layer Protocol: Mail Protocols' },
    observed: (measures) => ({ ...trafficFigures(measures), hosts: measures.servers.size }),
    nextSteps: ['Block port 25 outbound for {actor}.', 'If it has to send mail, let it use your relay.', ISOLATE],
  },
  {
    type: 'icmp-tunnel',
    class: 'other-attack',
    title: '{actor} carries data in pings to {targets}',
    meaning:
      'Pings and their answers differ in size: an answer repeats its question, so somebody puts other data into them.',
    severity: always('high'),
    technique: { id: 'T1095', name: 'Non-Application Layer Protocol' },
    observed: trafficFigures,
    nextSteps: [
      'Deny ICMP outbound for {actor}; path discovery needs only "fragmentation needed" inbound.',
      WHOSE,
      ISOLATE,
    ],
  },
  {
    type: 'odd-protocol',
    class: 'other-attack',
    title: '{actor} exchanges {service} with {targets}',
    meaning: 'A host of yours exchanges data with a stranger over a protocol that programs do not use: a tunnel.',
    severity: always('medium'),
    technique: { id: 'T1095', name: 'Non-Application Layer Protocol' },
    observed: trafficFigures,
    nextSteps: [OWNER, 'Allow only TCP, UDP and ICMP in the security group, unless a tunnel is meant.', WHOSE],
  },
  {
    type: 'exposed-administration',
    class: 'other-attack',
    title: '{service} of {targets} answers strangers',
    meaning:
      'An administration or database service of yours answers the internet. Everything that listens there is tried sooner or later.',
    severity: always('low'),
    technique: { id: 'T1133', name: 'External Remote Services' },
    observed: (measures) => ({ ...trafficFigures(measures), sources: measures.clients.size }),
    nextSteps: [
      'Allow {service} of {targets} only from the networks that need it, or through a bastion or Session Manager.',
    ],
  },
  {
    type: 'logging-gap',
    class: 'other-attack',
    title: 'flow logs have lost records',
    meaning:
      'AWS could not record part of the traffic (SKIPDATA): what happened there is not in the logs, and nothing here can find it.',
    severity: always('low'),
    technique: { id: 'T1562.008', name: 'Impair Defenses: Disable or Modify Cloud Logs' },
    nextSteps: [
      'If it comes back, see which interfaces had the most traffic in those hours: the limit is one of capacity.',
    ],
  },
  {
    type: 'unfamiliar-traffic',
    class: 'other-attack',
    title: 'traffic is unlike what the model was trained on, most of it of {actor}',
    meaning:
      'A share of your traffic lies beyond everything that the model has seen in training. What the forest says of it, good or bad, is worth less; the published tests hold as before.',
    severity: always('low'),
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    nextSteps: [
      'See in the summaries what {actor} does, and weigh findings of the forest alone about it with care.',
      'Learn thresholds of your own network (flowtrap calibrate), or retrain with its everyday traffic.',
    ],
  },
  {
    type: 'attack-chain',
    class: 'other-attack',
    title: '{actor} goes through the stages of an attack: {targets}',
    meaning:
      'Within a day one host was in several findings that follow each other in an attack, such as guessing, a foothold and an upload. Each may be innocent; all together hardly are.',
    severity: always('critical'),
    technique: { id: 'TA0040', name: 'Impact' },
    nextSteps: ['Read the parts in their order: they are the story.', ISOLATE],
  },
  {
    type: 'interface-silent',
    class: 'other-attack',
    title: '{actor} has gone silent',
    meaning:
      'An interface that always had traffic has had no records for hours while others went on: the host is down, or its flow log is off.',
    severity: always('low'),
    technique: { id: 'T1562.008', name: 'Impair Defenses: Disable or Modify Cloud Logs' },
    nextSteps: [
      'Check whether the host was stopped on purpose.',
      'If it still runs, check that its flow log exists and is active.',
    ],
  },
];
