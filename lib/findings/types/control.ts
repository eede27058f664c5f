/** Types of findings about hosts that take orders from outside. */
import { always } from '../severity.ts';
import { type FindingType, ISOLATE, round, WHOSE } from './finding-type.ts';

export const CONTROL: readonly FindingType[] = [
  {
    type: 'strobe',
    class: 'command-and-control',
    title: '{actor} calls {targets} all the time, {service}',
    meaning:
      'A host of yours connects to one place more often than once a second for hours: a tunnel, a broken program or an implant without patience.',
    severity: always('medium'),
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    nextSteps: [WHOSE, 'If it is a program that retries without end, mend it; else treat it as an implant.', ISOLATE],
  },
  {
    type: 'long-connection',
    class: 'command-and-control',
    title: '{actor} keeps a connection to {targets} open for hours, {service}',
    meaning:
      'One connection out of your network stays open for hours with little in it: remote shells and tunnels look like this, and so do chat and push services.',
    severity: always('low'),
    technique: { id: 'T1572', name: 'Protocol Tunneling' },
    nextSteps: [WHOSE, 'If it is a tunnel or a remote shell that nobody ordered, cut it.', ISOLATE],
  },
  {
    type: 'beacon',
    class: 'command-and-control',
    fits: () => true,
    title: '{actor} calls {targets} at regular times, {service}',
    meaning:
      'A host of yours makes small, alike connections to one place again and again: implants ask for orders like this, and so do updaters and chat programs.',
    severity: always('medium'),
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    observed: (measures) => ({
      connections: measures.attempts,
      secondsBetween: round(measures.activeSeconds / Math.max(1, measures.attempts)),
      bytesSentPerConnection: round(measures.bytesSent / Math.max(1, measures.attempts)),
      bytesReceivedPerConnection: round(measures.bytesReceived / Math.max(1, measures.attempts)),
    }),
    nextSteps: [
      'Find out who owns {targets} and which process on {actor} calls it.',
      'See which other hosts of yours talk to it: few make it worse.',
      ISOLATE,
    ],
  },
];
