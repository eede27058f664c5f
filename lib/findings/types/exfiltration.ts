/** Types of findings about data that leaves. */
import { always, BY_ROLE } from '../severity.ts';
import { type FindingType, ISOLATE, OWNER, perSecond, WHOSE } from './finding-type.ts';

/** Bytes below which an upload is what people do all day; Slips reports 100 MB an hour to one place. */
const SMALL_BYTES = 100_000_000;

export const EXFILTRATION: readonly FindingType[] = [
  {
    type: 'unusual-upload',
    class: 'exfiltration',
    title: '{actor} uploads far more than it ever does to {targets}, {service}',
    meaning: 'A host of yours sent many times more out of your network in an hour than in its usual ones.',
    severity: always('medium'),
    technique: { id: 'T1048', name: 'Exfiltration Over Alternative Protocol' },
    nextSteps: [
      'Ask the owner of {actor} whether a backup, migration or release went out at that time.',
      WHOSE,
      ISOLATE,
    ],
  },
  {
    type: 'chunked-exfiltration',
    class: 'exfiltration',
    title: '{actor} uploads in equal pieces to {targets}, {service}',
    meaning:
      'A host of yours sends pieces of nearly the same size to one place again and again: large files leave like this when somebody wants to stay below a limit.',
    severity: always('medium'),
    technique: { id: 'T1030', name: 'Data Transfer Size Limits' },
    nextSteps: [OWNER, WHOSE, ISOLATE],
  },
  {
    type: 'bulk-exfiltration',
    class: 'exfiltration',
    fits: () => true,
    title: '{actor} uploads in bulk to {targets}, {service}',
    meaning:
      'A host of yours sent far more data to one place than it received from there. Where the host has usual days, as much as it sends to one place in an hour on half of them is for the digest.',
    severity: BY_ROLE,
    isSmall: ({ measures }) => measures.bytesSent < SMALL_BYTES,
    technique: { id: 'T1048', name: 'Exfiltration Over Alternative Protocol' },
    observed: (measures) => ({
      bytesSent: measures.bytesSent,
      bytesReceived: measures.bytesReceived,
      bytesPerSecond: perSecond(measures.bytesSent, measures),
    }),
    nextSteps: [
      'Ask the owner of {actor} whether a backup, migration or release went out at that time.',
      'Find out who owns {targets}; if nobody knows it, block it and look at what {actor} could read.',
      ISOLATE,
    ],
  },
];
