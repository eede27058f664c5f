/** Types of findings about those who look for hosts and services. */
import type { Measures } from '../measure.ts';
import { always, BY_ROLE } from '../severity.ts';
import { type FindingType, ISOLATE, OWNER, perSecond, round } from './finding-type.ts';

const failedShare = ({ failures, conversations }: Measures) => round(failures / conversations);
const mostlyOurs = ({ serversOfOurs, servers }: Measures) => serversOfOurs * 2 > servers.size;

/** Four in five conversations of a normal host succeed: theta 0 of the threshold random walk (Jung and others 2004). */
const WALK_FAILED_SHARE = 0.2;

const scanFigures = (measures: Measures) => ({
  hosts: measures.servers.size,
  services: measures.services.size,
  conversations: measures.conversations,
  failedShare: failedShare(measures),
  contactsPerSecond: perSecond(measures.conversations, measures),
});

/** A vertical scan asks one host for many services; nmap's smallest preset asks for 100, a person for a handful. */
const VERTICAL_SERVICES_MIN = 10;

export const SCANS: readonly FindingType[] = [
  {
    type: 'distributed-scan',
    class: 'scan',
    title: 'many strangers try {service} of {targets}',
    meaning:
      'Many addresses, each with a try or two, knock at one host of yours: a scan whose parts are too small to be seen one by one.',
    severity: always('low'),
    technique: { id: 'T1595.001', name: 'Active Scanning: Scanning IP Blocks' },
    observed: (measures) => ({
      sources: measures.clients.size,
      services: measures.services.size,
      failedShare: failedShare(measures),
    }),
    nextSteps: [
      'Check that nothing on {targets} is public that should not be.',
      'Close {service} in the security group, or allow only the networks that need it.',
    ],
  },
  {
    type: 'slow-scan',
    class: 'scan',
    title: '{actor} scans {targets} slowly, {service}',
    meaning:
      'One host tries host after host, or service after service, over hours or days and mostly fails: a scan that stays below every limit per minute.',
    severity: BY_ROLE,
    technique: { id: 'T1046', name: 'Network Service Discovery' },
    nextSteps: [OWNER, 'Look at what answered: that is what the scanner now knows.', ISOLATE],
  },
  {
    type: 'vertical-scan',
    class: 'scan',
    fits: ({ measures }) =>
      measures.services.size >= VERTICAL_SERVICES_MIN && measures.services.size > measures.servers.size,
    title: '{actor} scans the ports of {targets}',
    meaning:
      'One host asked another for many services, most of which do not answer: it is finding out what runs there.',
    severity: BY_ROLE,
    technique: { id: 'T1046', name: 'Network Service Discovery' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE, services: VERTICAL_SERVICES_MIN },
    nextSteps: [OWNER, 'Look at the services that answered: those are what the scanner now knows.', ISOLATE],
  },
  {
    type: 'internal-sweep',
    class: 'scan',
    fits: ({ measures, actorIsOurs }) => actorIsOurs && mostlyOurs(measures),
    title: '{actor} sweeps internal hosts for {service}',
    meaning:
      'A host of yours tried one or a few services on many internal addresses and mostly failed: worms and intruders look for their next host like this.',
    severity: BY_ROLE,
    technique: { id: 'T1018', name: 'Remote System Discovery' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE },
    nextSteps: [OWNER, 'Check the hosts that answered for logins or new processes after the first contact.', ISOLATE],
  },
  {
    type: 'external-sweep',
    class: 'scan',
    fits: ({ actorIsOurs }) => actorIsOurs,
    title: '{actor} sweeps the internet for {service}',
    meaning:
      'A host of yours tried one service on many internet addresses and mostly failed: infected hosts spread like this, and your addresses will be reported for it.',
    severity: BY_ROLE,
    technique: { id: 'T1595.001', name: 'Active Scanning: Scanning IP Blocks' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE },
    nextSteps: [OWNER, 'Block the port outbound for {actor} and look for the process that opens it.', ISOLATE],
  },
  {
    type: 'inbound-scan',
    class: 'scan',
    fits: () => true,
    title: '{actor} scans {targets} from outside',
    meaning:
      'A stranger tried many of your hosts or services. The internet does this all day; what matters is what answered.',
    severity: BY_ROLE,
    technique: { id: 'T1595.001', name: 'Active Scanning: Scanning IP Blocks' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE },
    nextSteps: [
      'Check that every service that answered is meant to be public.',
      'Close what is not: security group first, network ACL for whole ranges.',
    ],
  },
];
